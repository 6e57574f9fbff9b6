// Room: the overview: the appointment of this tab, and messages that arrive a second late.

import { drawMeeting } from './meeting.js';

drawMeeting();

const letters = document.getElementById('letters-list');
setTimeout(() => {
  letters.replaceChildren(document.getElementById('letters-late').content.cloneNode(true));
  letters.setAttribute('aria-busy', 'false');
}, 1000);
