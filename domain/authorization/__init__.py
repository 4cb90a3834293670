"""Rights and those who have them: one policy that pages, actions and the engine ask, for what they offer
and for what they do alike.

The table of rights, whose requests are whose, whose steps are whose, and what substitutes have from the absent. The
roles of a step, a paper or a report are data of its declaration, which the policy reads. May import everything from
`language` down.
"""
