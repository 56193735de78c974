"""People who sign in."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from callcare.accounts.enums import Role
from callcare.core import clock
from callcare.core.fields import RefField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """A new account, inside the deed under way. Without a passphrase the person signs in by e-mail code."""
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def visible_to(self, user: "User") -> "models.QuerySet[User]":
        """Those who keep the accounts see them all, the others their own."""
        return self.all() if user.is_admin else self.filter(pk=user.pk)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person who signs in. What she may do comes from her roles here, her desks and her organisations."""

    ref = RefField("U", unique=True)
    email = models.EmailField("courriel", unique=True)
    display_name = models.CharField("nom affiché", max_length=80)
    roles = ArrayField(models.CharField(max_length=10, choices=Role), verbose_name="rôles")
    is_active = models.BooleanField("actif", default=True)
    shortcuts = models.BooleanField("raccourcis d’une lettre", default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    # What one request has already read about her; None outside requests, where every answer is read anew.
    memo: dict[str, Any] | None = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "compte"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Un compte existe déjà à cette adresse.",
            ),
            models.CheckConstraint(
                name="user_has_a_role",
                condition=models.Q(roles__len__gt=0),
                violation_error_message="Un compte a au moins un rôle.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def has_role(self, *roles: Role) -> bool:
        return self.is_active and not set(roles).isdisjoint(self.roles)

    def roles_said(self) -> str:
        """Her roles in words: « pilote du collectif, partenaire »."""
        return ", ".join(Role(role).label for role in self.roles)

    @property
    def is_operator(self) -> bool:
        return self.has_role(Role.OPERATOR)

    @property
    def is_steward(self) -> bool:
        return self.has_role(Role.STEWARD)

    @property
    def is_admin(self) -> bool:
        return self.has_role(Role.ADMIN)

    @property
    def is_partner(self) -> bool:
        return self.has_role(Role.PARTNER)
