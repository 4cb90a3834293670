"""Operations of the contract: what a counter office may ask for and do."""
