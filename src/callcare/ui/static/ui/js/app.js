// Everything works without these modules; they only make it quicker to the hand.
import { announce, complain, focusFirst } from "./announce.js";
import { awake } from "./awake.js";
import { autosave } from "./autosave.js";
import { combobox } from "./combobox.js";
import { keys } from "./keys.js";
import { live } from "./live.js";

document.addEventListener("htmx:afterSwap", announce);
document.addEventListener("htmx:responseError", complain);
document.addEventListener("htmx:sendError", complain);
keys(document);
autosave(document);
awake(document);
combobox(document);
live();
focusFirst(document);
