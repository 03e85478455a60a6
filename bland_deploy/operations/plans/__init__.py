"""What is to be sent: a plan as it is made, shown, saved and opened again."""
