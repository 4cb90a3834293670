"""Money: payments recorded, refunds, what bills are for, what somebody owes."""
