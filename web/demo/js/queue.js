// Room: the clock and the phone queue, changing each second. The numbers are invented from the time of day, so that
// two people who look at once see the same.

import { agencyTime, phonesOpen } from './hours.js';

const clock = document.getElementById('clock');
const callers = document.getElementById('callers');
const wait = document.getElementById('wait');

function tick() {
  const now = agencyTime();
  clock.textContent = now.clock;
  clock.dateTime = now.clock;
  if (!phonesOpen(now)) {
    callers.textContent = '–';
    wait.textContent = '–';
    return;
  }
  const second = Number(now.clock.slice(-2));
  const waiting = 4 + Math.round(3 * Math.sin((now.minutes + second / 60) / 7)) + (Math.floor(second / 5) % 3);
  const seconds = waiting * 47 + (59 - second);
  callers.textContent = String(waiting);
  wait.textContent = `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

setInterval(tick, 1000);
tick();
