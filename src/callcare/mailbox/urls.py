from django.urls import path

from callcare.mailbox.views import answers, attachments, boxes, cards, threads

app_name = "mailbox"
urlpatterns = [
    path("courriels/", cards.mail_list, name="mails"),
    path("courriels/contacts/<str:ref>/", cards.of_interaction, name="of-interaction"),
    path("courriels/fils/<str:ref>/", cards.thread, name="thread"),
    path("courriels/fils/<str:ref>/rapprochements/<str:other>/", threads.proposal, name="proposal"),
    path("courriels/fils/<str:ref>/separation/", threads.undo, name="undo-merge"),
    path("courriels/reponses/<str:ref>/retrait/", answers.withdraw, name="withdraw"),
    path("courriels/<str:ref>/", cards.mail, name="mail"),
    path("courriels/<str:ref>/mise-en-forme/", cards.formatted, name="formatted"),
    path("courriels/<str:ref>/original/", cards.original, name="original"),
    path("courriels/<str:ref>/personne/", cards.human, name="human"),
    path("courriels/<str:ref>/fil/", threads.split, name="split"),
    path("courriels/<str:ref>/relecture/", threads.read_again, name="read-again"),
    path("courriels/<str:ref>/reponse/", answers.answer, name="answer"),
    path("courriels/pieces/<str:ref>/", attachments.attachment, name="attachment"),
    path("courriels/pieces/<str:ref>/apercu/<int:page>/", attachments.preview, name="preview"),
    path("courriels/pieces/<str:ref>/telechargement/", attachments.download, name="download"),
    path("courriels/pieces/<str:ref>/original/", attachments.open_unscanned, name="open"),
    path("boites/", boxes.boxes, name="boxes"),
    path("boites/nouvelle/", boxes.new, name="box-new"),
    path("boites/<str:address>/", boxes.box, name="box"),
    path("boites/<str:address>/essai/", boxes.trial, name="box-trial"),
]
