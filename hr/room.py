"""What staffing tells the whole application about itself."""

from core.rooms import Place, Room
from hr import views

room = Room(
    name="hr",
    title="Staffing",
    blueprint=views.bp,
    places=(Place("Departments", "hr.departments"), Place("Employees", "hr.employees")),
)
