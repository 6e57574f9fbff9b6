// Room: test. Canaries in every place of a page that can hold a string: under `labels` none of them leaves the mirror.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const planted: string[] = [];
/** A word that is nowhere else. */
function c(): string {
  const word = `canary${String(planted.length + 100)}end`;
  planted.push(word);
  return word;
}

const TYPES = `text search email url tel password hidden number date color range checkbox radio file`.split(' ');
const PAGE = `<!doctype html><html lang=en data-${c()}=${c()} id=${c()}><head><title>${c()}</title><meta name=x content=${c()}>
<base target=${c()}><link rel=prefetch href="/nothing?q=${c()}"><link rel=stylesheet href="/s.css?token=${c()}" title="${''}">
<style>/* ${c()} */ #${c()}{color:red} .k::before{content:"${c()}"} .u{background:url(/pic.png?${c()})}
[data-q="${c()}"]{color:blue} .v{--name:"${c()}"} a[href*="${c()}"]{color:red} @import url("/x.css?${c()}");</style>
<script src=/source.js></script><script type=application/json>{"a":"${c()}"}</script></head><body>
<!-- ${c()} --><p id=first>${c()}</p><p title="${c()}" name=${c()} aria-description="${c()}">para ${c()}</p>
<span data-name="${c()}" class=k style="background:url(/pic.png?q=${c()})">${c()}</span><i class=u></i>
<a href="/doc?case=${c()}" ping="/p?${c()}" download="${c()}" title="">link</a><img src="/pic.png?p=${c()}" alt="${c()}" title="${c()}" name=${c()}>
<picture><source srcset="/pic.png?s=${c()}"><img src="/pic.png?f=${c()}" alt=""></picture>
<table><tr><td>${c()}</td><td abbr="${c()}"><div><b>${c()}</b></div></td></tr></table>
<template><p>${c()}</p></template><noscript>${c()}</noscript><script>window.z="${c()}"</script>
<iframe srcdoc="<p>${c()}</p>" name=${c()} title="${c()}"></iframe><object data="/o?${c()}">${c()}</object>
<video src="/v?${c()}">${c()}</video><canvas>${c()}</canvas><map name=${c()}><area href="/m?${c()}" alt="${c()}"></map>
<form action="/send?${c()}" name=${c()}>${TYPES.map((type) => `<input type=${type} name=${c()} value="${type === 'number' ? '987654321' : type === 'date' ? '1998-07-06' : type === 'file' ? '' : c()}" list=${c()} pattern="${c()}">`).join('')}
<textarea name=${c()}>${c()}</textarea><select name=${c()}><optgroup label="${c()}"><option value="${c()}" label="${c()}">${c()}</option><option selected>${c()}</option></optgroup></select>
<datalist id=dl><option value="${c()}">${c()}</option></datalist><output>${c()}</output><button value=${c()} formaction="/f?${c()}">Send</button></form>
<div contenteditable title="${c()}">${c()} <b>${c()}</b></div><div role=textbox contenteditable=true aria-valuetext="${c()}">${c()}</div>
<svg viewBox="0 0 9 9"><title>${c()}</title><desc>${c()}</desc><text id=${c()}>${c()}</text><metadata>${c()}</metadata><a href="/svg?${c()}"><rect fill="url(#${c()})"/></a><foreignObject><p>${c()}</p></foreignObject></svg>
<x-card name=${c()}><template shadowrootmode=open><style>/* ${c()} */ b::after{content:"${c()}"}</style><b>${c()}</b><slot name=s></slot></template>${c()}</x-card>
<blink>${c()}</blink><details><summary>More</summary>${c()}</details><label for=q>Label</label><time datetime="${c()}">${c()}</time><q cite="/q?${c()}">${c()}</q>
<div data-insyn=hide>${c()}<h2>${c()}</h2></div><div data-insyn=mask><h2>${c()}</h2><button>${c()}</button></div><div data-insyn=nonsense>${c()}</div>
<div onclick="this.x='${c()}'" itemprop=${c()} nonce=${c()} aria-valuetext="${c()}" accesskey=k>${c()}</div></body></html>`;
const LATER = Array.from({ length: 12 }, c);

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    '/page.html': PAGE,
    '/s.css': { body: `/* ${c()} */ .k{color:red}`, type: 'text/css' },
    '/pic.png': { body: picture(8, 8, [1, 2, 3]), type: 'image/png' },
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

test('none of the canaries leaves the mirror, at first or later', async () => {
  const labels = stage.policy({ pages: [{ id: 'my', label: 'My page', path: '/**', text: 'labels' }] });
  await stage.mirror('/page.html', labels);
  const got = await stage.page.evaluate(async (words) => {
    const { host } = window;
    const doc = host.source.document;
    const [a = '', b = '', d = '', e = '', f = '', g = '', h = '', i = '', j = '', k = '', l = '', m = ''] = words;
    for (const input of doc.querySelectorAll('input')) if (/text|search|password|tel/.test(input.type)) input.value = a;
    const area = doc.querySelector('textarea');
    if (area) area.value = b;
    doc.querySelector('select')?.options.add(new Option(d, e));
    doc.title = f;
    doc.querySelector('[contenteditable]')?.append(g);
    const first = doc.querySelector('#first');
    if (first?.firstChild) first.firstChild.nodeValue = h;
    first?.setAttribute('title', i);
    doc.querySelector('x-card')?.shadowRoot?.append(j);
    const style = doc.createElement('style');
    style.textContent = `/* ${k} */ p::after { content: "${l}" }`;
    doc.head.append(style);
    doc.defaultView?.history.pushState(null, '', `/page.html?${m}#${m}`);
    doc.body.append(doc.createComment(m));
    await host.settle(900);
    return {
      text: host.frame.contentDocument?.documentElement.textContent ?? '',
      kinds: host.kinds,
      label: host.leaked(['Send', 'More', 'Label', 'link']),
    };
  }, LATER);
  assert.ok(planted.length >= 120, `only ${planted.length} planted`);
  const leaked = await stage.page.evaluate(
    (words) => window.host.leaked(words),
    [...planted, '987654321', '1998-07-06'],
  );
  assert.deepEqual(leaked, []);
  // The labels did arrive: an empty view would keep everything, too.
  assert.deepEqual(got.label, ['Send', 'More', 'Label', 'link']);
  assert.ok(got.kinds.includes('delta') && /Send/.test(got.text));
});
