// The terminal has the keyboard from the start, and again whenever the window comes to the front.
const focus = () => document.querySelector(".xterm-helper-textarea")?.focus();
addEventListener("load", () => setTimeout(focus));
addEventListener("focus", focus);
