// Room: the booked time: cancelling it asks in a dialog first, and says afterwards that it is done.

import { drawMeeting, store } from './meeting.js';
import { say } from './say.js';

drawMeeting();

const dialog = document.getElementById('cancel-dialog');
document.getElementById('cancel').addEventListener('click', () => {
  dialog.returnValue = '';
  dialog.showModal();
});
dialog.addEventListener('close', () => {
  if (dialog.returnValue !== 'cancel') return;
  store(null);
  drawMeeting();
  document.getElementById('cancelled').textContent = say('Your appointment is cancelled.', 'Din tid är avbokad.');
  document.getElementById('main').focus();
});
