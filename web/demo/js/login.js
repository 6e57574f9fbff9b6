// Room: the log-in form: says what is missing, then lets the form go. Nothing typed is kept or looked at.

import { showProblems } from './errors.js';
import { say } from './say.js';

const form = document.getElementById('login');

form.addEventListener('submit', (event) => {
  const problems = [];
  if (!form.elements.email.validity.valid) {
    problems.push({
      id: 'email',
      message: say('Type an e-mail address, like name@example.com', 'Skriv en e-postadress, som namn@example.com'),
    });
  }
  if (form.elements.password.value === '') {
    problems.push({ id: 'password', message: say('Type your password', 'Skriv ditt lösenord') });
  }
  if (!showProblems(form, problems)) event.preventDefault();
});
