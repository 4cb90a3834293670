"""What a chat shows besides words: which buttons stand under a text. Pure: all is derived from the dialogue and the
declarations, and a button's answer is the text that one would type.
"""
