"""Files that came into a chat without a context: they stay with the messenger until a button says what they are."""

from domain.actions.conversations.chats.officer_questions import list_open_questions
from domain.actions.conversations.late_questions import read_dialogue
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.dependencies import Dependencies
from domain.chats.chat import ButtonPressed, ReceivedUpdate, SentFile
from domain.conversation.buttons.answers import ButtonVerb, read_button_answer, verb_button
from domain.conversation.dialogue.frames import WaitingFile
from domain.messages.keyboards import Button
from domain.unit_of_work import Store

MOST_WAITING_FILES = 10
"""As many as an album has: of more the newest are kept."""

_NAMED_PAPER = 3
"""Parts of a button's call that names the paper of a request."""


def keep_waiting(turn: TurnContext, sent_file: SentFile) -> bool:
    """Let a file wait until it is known what it is; return whether it can: the messenger may be asked for it again."""
    if not may_wait(sent_file):
        return False
    waiting_file = WaitingFile(sent_file.file_id, sent_file.file_name, sent_file.size_bytes)
    turn.dialogue.files = [*turn.dialogue.files, waiting_file][-MOST_WAITING_FILES:]
    return True


def may_wait(sent_file: SentFile) -> bool:
    """Return whether the messenger may be asked for a file again."""
    return bool(sent_file.file_id) and not sent_file.is_too_large


async def list_answer_buttons(turn: TurnContext) -> list[Button]:
    """Return a button for each open question of the staff that a file may answer."""
    return [
        verb_button(turn.render_about(request, "chat.answer_of").text, ButtonVerb.ANSWER, request.code)
        for request in await list_open_questions(turn)
    ]


async def list_awaited_files(
    dependencies: Dependencies, store: Store, update: ReceivedUpdate
) -> tuple[WaitingFile, ...]:
    """Return the files of the chat whose meaning a pressed button names; none where it names no file's."""
    if not isinstance(update.chat_event, ButtonPressed) or not _names_files(update.chat_event):
        return ()
    async with store.open_unit(write=False) as uow:
        stored_dialogue = await uow.dialogues.load(update.channel, update.chat_id)
    dialogue, _ = read_dialogue(dependencies, stored_dialogue)
    return tuple(dialogue.files)


def _names_files(press: ButtonPressed) -> bool:
    call = read_button_answer(press.button_data).verb_call
    return call[:1] in {(ButtonVerb.ANSWER,), (ButtonVerb.SLIP,)} or (
        call[:1] == (ButtonVerb.PAPERS,) and len(call) == _NAMED_PAPER
    )
