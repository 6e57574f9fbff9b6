// Room: test. Pages that others wrote: put together when the tests run, from what npm packages ship (docs/decisions/001-dependencies.md).
// Nothing of theirs is kept here.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Answer, WEB } from '../support/browser.ts';

const MODULES = join(WEB, 'node_modules');
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  woff2: 'font/woff2',
  woff: 'font/woff',
  ico: 'image/x-icon',
};

interface Fixture {
  name: string;
  html: string;
}

function fixtures(folder: string): { component: string; all: Fixture[] }[] {
  const components = join(MODULES, folder, 'components');
  return readdirSync(components, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(components, entry.name)).includes('fixtures.json'))
    .map(({ name }) => ({
      component: name,
      all: JSON.parse(readFileSync(join(components, name, 'fixtures.json'), 'utf8')).fixtures as Fixture[],
    }));
}

const document = (head: string, body: string, attributes = ''): string =>
  `<!doctype html><html lang="en" ${attributes}><head><meta charset="utf-8"><title>Page</title>${head}</head>${body}</html>`;
const sheet = (href: string): string => `<link rel="stylesheet" href="${href}">`;

/** Below the fold nothing is compared, and scripts need their time: the first ones of each component. */
const SHOWN = 14;
/** Components of USWDS on one page. */
const TOGETHER = 4;

function govuk(): [string, string][] {
  const root = '/modules/govuk-frontend/dist/govuk';
  return fixtures('govuk-frontend/dist/govuk').map(({ component, all }) => [
    `/govuk/${component}.html`,
    document(
      sheet(`${root}/govuk-frontend.min.css`),
      `<body class="govuk-template__body"><script>document.body.classList.add('js-enabled', 'govuk-frontend-supported')</script>
<div class="govuk-width-container"><main class="govuk-main-wrapper">${all
        .slice(0, SHOWN)
        .map(({ name, html }) => `<h2 class="govuk-heading-s">${name}</h2>${html}`)
        .join('\n')}</main></div>
<script type="module">import { initAll } from '${root}/govuk-frontend.min.js'; initAll();</script></body>`,
      'class="govuk-template"',
    ),
  ]);
}

function nhsuk(): [string, string][] {
  const root = '/modules/nhsuk-frontend/dist/nhsuk';
  return fixtures('nhsuk-frontend/dist/nhsuk').map(({ component, all }) => [
    `/nhsuk/${component}.html`,
    document(
      sheet(`${root}/nhsuk-frontend.min.css`),
      `<body><script>document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')</script>
<div class="nhsuk-width-container"><main class="nhsuk-main-wrapper">${all
        .slice(0, SHOWN)
        .map(({ name, html }) => `<h2 class="nhsuk-heading-s">${name}</h2>${html}`)
        .join('\n')}</main></div>
<script type="module">import { initAll } from '${root}/nhsuk-frontend.min.js'; initAll();</script></body>`,
    ),
  ]);
}

/** The part of twig that is used here; it has no types of its own. */
interface Twig {
  twig(options: { path: string; async: false; rethrow: true; namespaces: Record<string, string> }): {
    render(data: object): string;
  };
}

function uswds(): [string, string][] {
  const packages = join(MODULES, '@uswds/uswds/packages');
  const { twig } = createRequire(import.meta.url)('twig') as Twig;
  const namespaces = { templates: join(packages, 'templates'), components: packages };
  const pages = [
    'templates/usa-landing/usa-landing',
    'templates/usa-documentation/usa-docs',
    'templates/usa-sign-in/usa-sign-in',
    'templates/usa-create-account/usa-create-account',
    'templates/usa-error/usa-error',
    ...[
      'accordion',
      'alert',
      'banner',
      'breadcrumb',
      'button',
      'card',
      'checkbox',
      'collection',
      'date-picker',
      'fieldset',
      'file-input',
      'footer',
      'form',
      'header',
      'hero',
      'icon-list',
      'identifier',
      'in-page-navigation',
      'input',
      'modal',
      'pagination',
      'process-list',
      'prose',
      'radio',
      'range',
      'search',
      'select',
      'sidenav',
      'site-alert',
      'step-indicator',
      'summary-box',
      'table',
      'tag',
      'textarea',
      'time-picker',
      'tooltip',
      'typography',
    ].map((name) => `usa-${name}/src/usa-${name}`),
  ];
  const root = '/modules/@uswds/uswds/dist';
  const rendered = pages.flatMap((page): { name: string; body: string }[] => {
    const path = join(packages, `${page}.twig`);
    if (!existsSync(path)) return [];
    const content = [page.replace('/src/', '/src/content/'), page]
      .map((name) => join(packages, `${name}.json`))
      .find(existsSync);
    const data: object = content ? JSON.parse(readFileSync(content, 'utf8')) : {};
    const body = twig({ path, async: false, rethrow: true, namespaces }).render(data);
    return [
      {
        name: page.split('/').at(-1)?.replace('usa-', '') ?? '',
        body: body.replace(/"(?:\.?\/)(?:assets\/)?img\//g, `"${root}/img/`),
      },
    ];
  });
  const whole = rendered.filter(({ body }) => body.includes('<body'));
  const parts = rendered.filter(({ body }) => !body.includes('<body'));
  // Alone on a page most would show little but white.
  for (let n = 0; n < parts.length; n += TOGETHER) {
    const some = parts.slice(n, n + TOGETHER);
    whole.push({
      name: some.map(({ name }) => name).join('-'),
      body: `<body><div class="grid-container">${some.map(({ name, body }) => `<h2>${name}</h2>${body}`).join('\n')}</div>`,
    });
  }
  return whole.map(({ name, body }): [string, string] => [
    `/uswds/${name}.html`,
    document(
      `<script src="${root}/js/uswds-init.min.js"></script>${sheet(`${root}/css/uswds.min.css`)}`,
      `${body}<script src="${root}/js/uswds.min.js"></script>`,
    ),
  ]);
}

/** Style sheets without examples of their own: a page of ours with their names, by what it is made of. */
function ours(): [string, string][] {
  const rows = (count: number, row: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => row(n)).join('');
  const bootstrap = '/modules/bootstrap/dist';
  const field = (n: number): string =>
    `<div class="col-md-4"><label class="form-label" for="f${n}">Field ${n}</label><input class="form-control ${n % 2 ? 'is-invalid' : 'is-valid'}" id="f${n}"><div class="invalid-feedback">Say more</div></div>`;
  const card = (n: number): string =>
    `<div class="col"><div class="card h-100 shadow-sm"><div class="card-header">Case ${n}</div><div class="card-body"><h5 class="card-title">Title</h5><p class="card-text">Some words that go over more than one line of a card.</p><span class="badge text-bg-${['primary', 'success', 'danger'][n % 3]}">New</span> <a class="btn btn-outline-primary stretched-link" href="#">Open</a></div></div></div>`;
  const pages: Record<string, string> = {
    cards: `<nav class="navbar navbar-expand-lg bg-body-tertiary"><div class="container-fluid"><a class="navbar-brand" href="#">Agency</a><button class="navbar-toggler" type="button"><span class="navbar-toggler-icon"></span></button><div class="collapse navbar-collapse"><ul class="navbar-nav"><li class="nav-item"><a class="nav-link active" href="#">Home</a></li><li class="nav-item dropdown"><a class="nav-link dropdown-toggle" href="#">More</a></li></ul></div></div></nav><main class="container py-4"><div class="row row-cols-1 row-cols-md-3 g-4">${rows(9, card)}</div></main>`,
    form: `<main class="container py-4"><form class="row g-3">${rows(9, field)}<div class="col-12"><select class="form-select"><option>One<option selected>Two</select></div><div class="col-12 form-check form-switch"><input class="form-check-input" type="checkbox" role="switch" checked id="s"><label class="form-check-label" for="s">On</label></div><div class="col-12"><input type="range" class="form-range"><div class="form-floating"><textarea class="form-control" placeholder="x" id="t"></textarea><label for="t">Comments</label></div></div><div class="input-group"><span class="input-group-text">@</span><input class="form-control"><button class="btn btn-primary">Go</button></div></form></main>`,
    parts: `<main class="container py-4"><div class="accordion">${rows(3, (n) => `<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button ${n ? 'collapsed' : ''}">Part ${n}</button></h2><div class="accordion-collapse collapse ${n ? '' : 'show'}"><div class="accordion-body">What is in part ${n}.</div></div></div>`)}</div><div class="alert alert-warning mt-3">Careful</div><div class="progress"><div class="progress-bar progress-bar-striped" style="width:40%">40 %</div></div><table class="table table-striped table-hover mt-3"><thead><tr><th>#<th>Name</thead><tbody>${rows(6, (n) => `<tr class="${n === 2 ? 'table-danger' : ''}"><td>${n}<td>Someone`)}</tbody></table><ul class="pagination">${rows(5, (n) => `<li class="page-item ${n === 1 ? 'active' : ''}"><a class="page-link" href="#">${n}</a></li>`)}</ul><ol class="breadcrumb"><li class="breadcrumb-item"><a href="#">Home</a></li><li class="breadcrumb-item active">Here</li></ol><div class="spinner-grow" style="animation:none"></div><div class="toast show"><div class="toast-header"><strong class="me-auto">Toast</strong><button class="btn-close"></button></div><div class="toast-body">Said.</div></div></main>`,
    modal: `<main class="container py-4"><p>Behind</p><div class="modal" id="m" tabindex="-1"><div class="modal-dialog"><div class="modal-content"><div class="modal-header"><h5 class="modal-title">Sure?</h5><button class="btn-close"></button></div><div class="modal-body"><p>It can't be undone.</p></div><div class="modal-footer"><button class="btn btn-primary">Yes</button></div></div></div></div></main><script src="${bootstrap}/js/bootstrap.bundle.min.js"></script><script>new bootstrap.Modal('#m').show()</script>`,
    dark: `<main class="container py-4" data-bs-theme="dark" style="background:var(--bs-body-bg);color:var(--bs-body-color)"><div class="row row-cols-2 g-3">${rows(4, card)}</div><div class="list-group mt-3">${rows(4, (n) => `<a class="list-group-item list-group-item-action ${n ? '' : 'active'}" href="#">Item ${n}</a>`)}</div></main>`,
  };
  const bulma = `<section class="hero is-primary"><div class="hero-body"><p class="title">Hero</p><p class="subtitle">Under it</p></div></section><section class="section"><div class="columns is-multiline">${rows(6, (n) => `<div class="column is-4"><div class="box"><article class="media"><div class="media-content"><div class="content"><p><strong>Someone</strong> <small>31m</small><br>Said something ${n}.</p></div></div></article></div></div>`)}</div><div class="tabs is-boxed"><ul><li class="is-active"><a>One</a></li><li><a>Two</a></li></ul></div><div class="field has-addons"><div class="control"><input class="input" placeholder="Find"></div><div class="control"><a class="button is-info">Search</a></div></div><progress class="progress is-small" value="40" max="100"></progress><div class="select is-multiple"><select multiple size="3"><option>A<option>B<option>C</select></div><div class="notification is-warning"><button class="delete"></button>Watch out</div></section>`;
  const ds = `<main style="padding:2rem;display:grid;gap:1rem"><h1 class="ds-heading" data-size="lg">Overskrift</h1><p class="ds-paragraph">Et avsnitt med en <a class="ds-link" href="#">lenke</a>.</p><div style="display:flex;gap:1rem"><button class="ds-button" data-variant="primary">Lagre</button><button class="ds-button" data-variant="secondary">Avbryt</button><button class="ds-button" data-variant="tertiary" disabled>Slett</button></div><div class="ds-alert" data-color="warning"><p>Husk</p></div><div class="ds-card" data-color="accent"><h2 class="ds-heading">Kort</h2><p class="ds-paragraph">Innhold</p></div><ds-field class="ds-field"><label class="ds-label" for="a">Navn</label><input class="ds-input" id="a"></ds-field><fieldset class="ds-fieldset"><legend class="ds-label">Velg</legend>${rows(3, (n) => `<div class="ds-field"><input class="ds-input" type="radio" name="r" id="r${n}" ${n ? '' : 'checked'}><label class="ds-label" for="r${n}">Valg ${n}</label></div>`)}</fieldset><label class="ds-switch"><input class="ds-input" type="checkbox" role="switch" checked>På</label><u-details class="ds-details" open><u-summary>Mer</u-summary><div>Tekst</div></u-details><table class="ds-table" data-zebra data-border><thead><tr><th>A<th>B</thead><tbody>${rows(4, (n) => `<tr><td>${n}<td>Rad`)}</tbody></table><span class="ds-tag" data-color="success">Ny</span> <span class="ds-badge" data-count="4"></span><dialog class="ds-dialog" id="d"><h2 class="ds-heading">Dialog</h2></dialog></main>`;
  return [
    ...Object.entries(pages).map(([name, body]): [string, string] => [
      `/bootstrap/${name}.html`,
      document(
        `<meta name="viewport" content="width=device-width">${sheet(`${bootstrap}/css/bootstrap.min.css`)}`,
        `<body>${body}</body>`,
      ),
    ]),
    ['/bulma/parts.html', document(sheet('/modules/bulma/css/bulma.min.css'), `<body>${bulma}</body>`)],
    [
      '/digdir/parts.html',
      document(
        `${sheet('/modules/@digdir/designsystemet-css/dist/src/index.css')}${sheet('/modules/@digdir/designsystemet-css/dist/theme/designsystemet.css')}`,
        `<body>${ds}<script>d.showModal()</script></body>`,
      ),
    ],
  ];
}

/** Every page, by its path. */
export function realPages(): Map<string, string> {
  return new Map([...govuk(), ...nhsuk(), ...uswds(), ...ours()]);
}

/** What the pages load, below /modules/. */
export function moduleRoutes(): Record<string, Answer> {
  const routes: Record<string, Answer> = {};
  const add = (folder: string): void => {
    for (const entry of readdirSync(join(MODULES, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      const type = TYPES[entry.name.split('.').at(-1) ?? ''];
      if (entry.isDirectory()) add(path);
      else if (type && statSync(join(MODULES, path)).size < 2_000_000) {
        routes[`/modules/${path}`] = { body: readFileSync(join(MODULES, path)), type };
      }
    }
  };
  for (const folder of [
    'govuk-frontend/dist/govuk/assets',
    'nhsuk-frontend/dist/nhsuk/assets',
    '@uswds/uswds/dist/css',
    '@uswds/uswds/dist/js',
    '@uswds/uswds/dist/fonts',
    '@uswds/uswds/dist/img',
    'bootstrap/dist',
    'bulma/css',
    '@digdir/designsystemet-css/dist',
  ]) {
    add(folder);
  }
  for (const [name, kind] of [
    ['govuk', 'css'],
    ['govuk', 'js'],
    ['nhsuk', 'css'],
    ['nhsuk', 'js'],
  ]) {
    const path = `${name}-frontend/dist/${name}/${name}-frontend.min.${kind}`;
    routes[`/modules/${path}`] = { body: readFileSync(join(MODULES, path)), type: TYPES[kind ?? ''] ?? '' };
  }
  for (const name of ['govuk', 'nhsuk']) {
    for (const [path, answer] of Object.entries(routes)) {
      const found = new RegExp(`^/modules/${name}-frontend/dist/${name}(/assets/.*)`).exec(path)?.[1];
      if (found) routes[found] = answer;
    }
  }
  return routes;
}
