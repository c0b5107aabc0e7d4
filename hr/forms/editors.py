"""The forms of the page that says who edits which departments."""

from wtforms.validators import DataRequired

from core.forms import LookUpField, PageForm


class EditorForm(PageForm):
    """Asks who edits which department."""

    person = LookUpField(
        "Person",
        find="hr.find_accounts",
        key="id",
        validators=[DataRequired("Whose account?")],
        render_kw={"placeholder": "name or e-mail address"},
    )
    department = LookUpField(
        "Department",
        find="hr.find_departments",
        key="code",
        validators=[DataRequired("Which department?")],
        render_kw={"placeholder": "name or code"},
    )


class RemoveForm(PageForm):
    """Takes one row away."""
