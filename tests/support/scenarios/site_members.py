"""Members of the staff as the policy of rights meets them: with roles, from somewhere, with something proved."""

from domain.values.actors import ActingSession, Actor, Role


def at_site(
    *roles: Role, inside: bool = True, lacks_second_factor: bool = False, has_fresh_proof: bool = True
) -> Actor:
    """Return a member of the staff with these roles at the staff's site, from there and with that proved."""
    session = ActingSession(inside, lacks_second_factor, has_fresh_proof)
    return Actor(frozenset(roles), "staff", "sara", "staff", session=session)
