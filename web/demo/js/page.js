// Room: what every page of the demo agency does: the menu on small screens, and on My Page the time until log-out.

const button = document.querySelector('.menu-button');
const header = document.querySelector('.site-header');

function setMenu(open) {
  button.setAttribute('aria-expanded', String(open));
  header.classList.toggle('menu-open', open);
}

if (button && header) {
  button.addEventListener('click', () => setMenu(button.getAttribute('aria-expanded') !== 'true'));
  header.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && button.getAttribute('aria-expanded') === 'true') {
      setMenu(false);
      button.focus();
    }
  });
  // The shadow under the header appears once something has scrolled beneath it.
  const mark = () => header.classList.toggle('scrolled', scrollY > 4);
  addEventListener('scroll', mark, { passive: true });
  mark();
}

const left = document.getElementById('time-left');
if (left) {
  const end = Date.now() + 90 * 60_000;
  setInterval(() => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    left.textContent = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    if (seconds === 0) location.assign(`/${document.documentElement.lang}/`);
  }, 1000);
}
