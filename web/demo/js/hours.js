// Room: when the phones are open, by the clock of the agency's country and not of the visitor's computer.

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Stockholm',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** The agency's weekday (1 Monday to 7 Sunday), minutes since midnight, and the clock as text. */
export function agencyTime(date = new Date()) {
  const found = Object.fromEntries(parts.formatToParts(date).map((part) => [part.type, part.value]));
  return {
    day: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(found.weekday) + 1,
    minutes: Number(found.hour) * 60 + Number(found.minute),
    clock: `${found.hour}:${found.minute}:${found.second}`,
  };
}

/** Minutes since midnight of "08.00". */
export function toMinutes(text) {
  const [hours, minutes] = text.split('.').map(Number);
  return hours * 60 + minutes;
}

export function phonesOpen(now = agencyTime()) {
  return now.day <= 5 && now.minutes >= 8 * 60 && now.minutes < 16 * 60;
}
