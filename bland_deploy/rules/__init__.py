"""What lint, plan, apply and every other command can say, as data: each rule with its reason and the way out. Pure."""
