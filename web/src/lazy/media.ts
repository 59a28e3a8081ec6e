// What is sent and played beside words. Loaded when there is some.
export { default as FileTray } from '../components/conversation/file/FileTray.vue';
export { default as VoicePlayer } from '../components/conversation/file/VoicePlayer.vue';
export { default as VoiceRecorder } from '../components/conversation/file/VoiceRecorder.vue';
