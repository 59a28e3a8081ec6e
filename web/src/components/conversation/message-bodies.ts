// What a message is drawn by, of each kind: the one place in the page that knows them by name. Each gets `message`, `author`
// and `expanded`, and may emit `toggle`.
import type { Component } from 'vue';
import type { MessageContent } from '../../../../server/contract/model.ts';
import IntroductionNote from './IntroductionNote.vue';
import TextBody from './TextBody.vue';
import UnknownBody from './UnknownBody.vue';

export const messageBodies: Readonly<Record<MessageContent['kind'], Component>> = {
  text: TextBody,
  introduction: IntroductionNote,
  unknown: UnknownBody,
};
