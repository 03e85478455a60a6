"""A receiver of the provider's webhooks: what it vouches for is recorded, what it does not is a hint to ask."""
