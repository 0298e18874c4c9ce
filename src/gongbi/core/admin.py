"""The keeper's raw view: accounts and posts. Journal lines are read only."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from gongbi.core.access import keeps_accounts
from gongbi.core.models import JournalLine, Person, Post

admin.site.has_permission = keeps_accounts  # type: ignore[method-assign]


class _Posts(admin.TabularInline):
    model = Post
    extra = 0
    autocomplete_fields = ()
    raw_id_fields = ("unit", "place")


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """Accounts and their posts."""

    list_display = ("username", "name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "name")
    ordering = ("username",)
    fieldsets = ((None, {"fields": ("username", "password", "name", "language", "is_active")}),)
    add_fieldsets = ((None, {"fields": ("username", "name", "password1", "password2")}),)
    inlines = (_Posts,)


@admin.register(JournalLine)
class JournalLineAdmin(admin.ModelAdmin):
    """What happened; nobody edits it."""

    list_display = ("seq", "kind", "subject", "actor", "at")
    list_filter = ("kind",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Lines come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """History is appended, never edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """History is appended, never deleted."""
        return False
