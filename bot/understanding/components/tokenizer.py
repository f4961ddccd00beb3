"""Splits a message into folded words whose offsets lie in the text as people wrote it."""

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.text import clean, fold, words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FoldTokenizer(Tokenizer):
    """Token text is normalised and without accents; the text of the parse is the NFC original, cleaned."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Return the tokens; Rasa's echo of the text becomes `clean(text)`, which the offsets count in."""
        text = clean(message.get(attribute))
        if attribute == TEXT:
            message.set(TEXT, text, add_to_output=True)
        return [Token(fold(w.text), w.start, w.end) for w in words(text)]
