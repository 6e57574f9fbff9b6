// Room: mirror. The banner's style, put in as a constructable stylesheet: the page's CSP has no say over it, and the page's
// own styles don't reach into the shadow root.

/** Own properties of the host win over the page's by !important: inside a shadow root the inner context is the stronger. */
export const BANNER_STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: 0 !important;
  width: auto !important;
  height: auto !important;
  margin: 0 !important;
  padding: 0 !important;
  border: 0 !important;
  overflow: visible !important;
  background: none !important;
  pointer-events: none !important;
  display: block !important;
  z-index: 2147483647 !important;
  color-scheme: dark !important;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
section {
  --ink: #fff;
  --quiet: #c9d6e6;
  position: absolute;
  inset-inline: 0;
  bottom: var(--lift, 0px);
  pointer-events: auto;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px 16px;
  max-height: min(70%, 100% - var(--lift, 0px));
  overflow: auto;
  padding: 10px max(16px, env(safe-area-inset-right)) max(10px, env(safe-area-inset-bottom)) max(16px, env(safe-area-inset-left));
  background: #0f2138;
  color: var(--ink);
  border-top: 3px solid #7cc4ff;
  box-shadow: 0 -6px 24px rgb(8 20 38 / .28);
  font: 400 16px/1.35 system-ui, sans-serif;
  text-align: start;
}
section[data-edge="top"] {
  bottom: auto;
  top: 0;
  border-top: 0;
  border-bottom: 3px solid #7cc4ff;
  box-shadow: 0 6px 24px rgb(8 20 38 / .28);
}
section:is([data-state="paused"], [data-state="away"], [data-state="hold"]) { border-color: #ffc861; }
section[data-state="ended"] { border-color: #8fd9a8; }
.who { flex: 1 1 230px; display: flex; align-items: center; gap: 12px; margin: 0; min-width: 0; font-weight: 600; }
.who > span { overflow-wrap: anywhere; }
.dot { flex: none; width: 12px; height: 12px; border-radius: 50%; background: #7cc4ff; border: 1px solid transparent; }
.who:focus { outline: none; }
:is([data-state="paused"], [data-state="away"], [data-state="hold"]) .dot { background: #ffc861; border-radius: 3px; }
[data-state="ended"] .dot { display: none; }
.rules { margin: 0; color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.about { display: block; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
form { display: grid; align-items: center; gap: 8px; margin: 0; min-width: 0; }
[data-need="digits"] { grid-template-columns: repeat(3, auto); }
label { margin-inline-end: 4px; font-weight: 600; }
input {
  width: 132px;
  min-width: 0;
  min-height: 44px;
  padding: 4px 12px;
  border: 2px solid #fff;
  border-radius: 8px;
  background: #fff;
  color: #0f2138;
  font: 600 20px/1.2 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  letter-spacing: .12em;
}
input[aria-invalid="true"] { border-color: #b8281f; box-shadow: 0 0 0 2px #ff9d94; }
/* As wide as the row below it, and no wider. */
.error { grid-column: 1 / -1; width: 0; min-width: 100%; margin: 0; color: #ffbdb6; font-weight: 600; }
.error:empty { position: absolute; }
button, summary {
  font: 600 16px/1.2 system-ui, sans-serif;
  color: var(--ink);
  min-height: 44px;
  min-width: 44px;
  padding: 8px 16px;
  border: 2px solid #7f95b0;
  border-radius: 8px;
  background: #1b3454;
  cursor: pointer;
}
button:hover, summary:hover { background: #274a76; }
button.go { background: #7cc4ff; border-color: #7cc4ff; color: #0f2138; }
button.go:hover { background: #a9d8ff; }
button[aria-pressed="true"] { background: #fff; color: #0f2138; border-color: #fff; }
button.stop { background: #b8281f; border-color: #ff9d94; }
button.stop:hover { background: #98180f; }
button:focus-visible, summary:focus-visible, input:focus-visible {
  outline: 3px solid #ffd45c;
  outline-offset: 2px;
}
.reason { color: var(--quiet); }
[data-state="hold"] .dot { align-self: flex-start; margin-top: 5px; }
[data-state="hold"] .reason { display: block; font-weight: 400; text-wrap: balance; }
[data-state="hold"] .rules { display: none; }
details[open] { flex: 1 1 100%; order: 1; }
summary { display: inline-flex; align-items: center; background: none; border-color: transparent; padding-inline: 0; text-decoration: underline; text-underline-offset: 3px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 4px 0 8px; font-size: 15px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (prefers-reduced-motion: no-preference) {
  [data-state="live"] .dot { animation: breathe 2.4s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: .45; } }
}
@media (max-width: 560px) {
  section { padding-inline: 12px; gap: 8px; font-size: 15px; }
  .buttons { flex: 1 1 100%; flex-wrap: nowrap; }
  .buttons button { flex: 1 1 auto; min-width: min-content; padding-inline: 10px; font-size: 15px; }
  [data-state="ended"] .buttons { flex: 0 0 auto; margin-inline-start: auto; }
  [data-state="hold"] { align-items: flex-end; }
  [data-state="hold"] .who { flex-basis: 100%; }
  [data-state="hold"] form { flex: 1 1 0; }
  [data-state="hold"] .buttons { flex: 0 0 auto; }
  [data-need="digits"] { grid-template-columns: 1fr auto; row-gap: 4px; }
  label { grid-column: 1 / -1; }
  input { width: 100%; min-width: 84px; }
  form button { padding-inline: 10px; font-size: 15px; }
}
/* The form says it too, so that a narrower window needs no room for it. */
@media (max-width: 1100px), (max-height: 380px) {
  .about { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
/* Hex digits are nothing for a small window: they are read out there, and stand in the form and in the receipt. */
@media (max-width: 560px), (max-height: 380px) {
  .rules { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (max-height: 380px) {
  section { padding-block: 4px; gap: 4px 12px; flex-wrap: nowrap; }
  .who { flex: 1 1 0; font-size: 14px; }
  .buttons { flex: 0 1 auto; flex-wrap: nowrap; }
  .buttons button, form button { padding: 4px 8px; font-size: 14px; }
  [data-need="digits"] { grid-template-columns: 1fr auto; gap: 0 8px; }
  label { grid-column: 1 / -1; font-size: 14px; }
  input { width: 92px; padding-inline: 8px; }
  .error { font-size: 14px; }
  [data-state="hold"] { align-items: flex-end; }
}
@media (max-height: 380px) and (max-width: 560px) { section { flex-wrap: wrap; } .who { flex-basis: 100%; } }
@media (forced-colors: active) {
  section { border: 2px solid CanvasText; }
  .dot { background: CanvasText; forced-color-adjust: none; }
  button[aria-pressed="true"] { background: Highlight; color: HighlightText; forced-color-adjust: none; }
  button:focus-visible, summary:focus-visible { outline-color: Highlight; }
}
@media print { section { display: none; } }
`;
