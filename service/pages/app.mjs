// The page: a form that orders a preview, its progress, and the result.

import { call, Problem, watch } from './api.mjs';
import { language, preferred, speak, word, WORDS } from './words.mjs';

const $ = (selector) => document.querySelector(selector);
const form = $('#ask');
const TAPE = ['bust_girth', 'waist_girth', 'hip_girth', 'neck_girth'];
let garments = {};
let fabrics = {};
let withoutPhoto = false;
let job = null;
let preview = null;
let viewer = null;
let fit = null;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const titled = (item, name) => (language === 'ru' ? item.title_ru : item.title) || name;

// ---- the form -----------------------------------------------------------------------------------

function fillChoices() {
  const { garment, fabric } = form.elements;
  const [kept, cloth] = [garment.value, fabric.value];
  garment.replaceChildren(...Object.entries(garments).map(
    ([name, item]) => element('option', { value: name, textContent: titled(item, name) })));
  fabric.replaceChildren(
    element('option', { value: '', textContent: word('usual') }),
    ...Object.entries(fabrics).map(
      ([name, item]) => element('option', { value: name, textContent: titled(item, name) })));
  if (kept) garment.value = kept;
  fabric.value = cloth;
  fillOptions();
}

function fillOptions() {
  const options = garments[form.elements.garment.value]?.options ?? {};
  $('#options').replaceChildren(...Object.entries(options).map(([name, option]) => {
    const title = (language === 'ru' ? option.description_ru : option.description) || name;
    return element('label', { title }, element('span', { textContent: name.replaceAll('_', ' ') }),
      optionField(name, option));
  }));
}

function optionField(name, option) {
  const id = `option.${name}`;
  const choices = option.kind === 'flag' ? ['true', 'false'] : option.choices;
  if (!choices) {
    const step = option.unit === 'cm' ? 0.5 : 0.01;
    return element('input', { name: id, type: 'number', inputMode: 'decimal', step,
      min: option.low, max: option.high, placeholder: String(option.default) });
  }
  const shown = { true: word('yes'), false: word('no') };
  return element('select', { name: id },
    element('option', { value: '', textContent: word('usual') }),
    ...choices.map((value) => element('option', { value, textContent: shown[value] ?? value })));
}

function fillTape() {
  const kept = Object.fromEntries(TAPE.map((name) => [name, form.elements[`tape.${name}`]?.value]));
  $('#tape').replaceChildren(...TAPE.map((name) => element('label', {},
    element('span', { textContent: word(name) }),
    element('input', { name: `tape.${name}`, type: 'number', inputMode: 'decimal', step: 0.5,
      value: kept[name] ?? '' }))));
}

function setWithout(chosen) {
  withoutPhoto = chosen;
  $('#without').dataset.word = chosen ? 'withPhoto' : 'without';
  $('#without').textContent = word($('#without').dataset.word);
  $('#photos').disabled = chosen;
  $('#photos').hidden = chosen;
  if (chosen) form.elements.height_cm.focus();
}

function showPhoto(input) {
  const picture = input.closest('.shot').querySelector('img');
  if (picture.src) URL.revokeObjectURL(picture.src);
  const file = input.files[0];
  picture.hidden = !file;
  if (!file) { picture.removeAttribute('src'); return; }
  picture.src = URL.createObjectURL(file);
  picture.alt = word('chosen', { name: file.name });
}

function missing() {
  if (!(Number(form.elements.height_cm.value) > 0)) return ['needHeight', form.elements.height_cm];
  if (withoutPhoto) return null;
  if (!form.elements.front.files[0]) return ['needFront', form.elements.front];
  if (!form.elements.agree.checked) return ['needAgree', form.elements.agree];
  return null;
}

function asked() {
  const body = new FormData();
  const plain = ['height_cm', 'weight_kg', 'sex', 'age_years', 'garment', 'fabric'];
  for (const name of plain) if (form.elements[name].value) body.set(name, form.elements[name].value);
  const group = (prefix, read) => Object.fromEntries([...form.elements]
    .filter((field) => field.name.startsWith(prefix) && field.value !== '')
    .map((field) => [field.name.slice(prefix.length), read(field)]));
  const value = (field) => (field.type === 'number' ? Number(field.value)
    : { true: true, false: false }[field.value] ?? field.value);
  body.set('tape_cm', JSON.stringify(group('tape.', (field) => Number(field.value))));
  body.set('options', JSON.stringify(group('option.', value)));
  if (!withoutPhoto) {
    for (const view of ['front', 'side']) {
      if (form.elements[view].files[0]) body.set(view, form.elements[view].files[0]);
    }
    if (form.elements.keep_photos.checked) body.set('keep_photos', 'true');
  }
  return body;
}

// ---- the order ----------------------------------------------------------------------------------

function say(name, values) {
  const status = $('#status');
  status.dataset.word = '';
  delete status.dataset.word;
  status.textContent = word(name, values);
}

function complain(text) {
  $('#error').textContent = text;
  $('#error').hidden = !text;
}

async function order(event) {
  event.preventDefault();
  complain('');
  const lacking = missing();
  if (lacking) {
    complain(word(lacking[0]));
    lacking[1].focus();
    return;
  }
  const submit = form.querySelector('[type=submit]');
  submit.disabled = true;
  $('#result').hidden = true;
  say('sending');
  try {
    const made = await call('POST', '/v1/previews', asked(), { 'idempotency-key': crypto.randomUUID() });
    job = made.id;
    $('#working').hidden = false;
    const ended = await watch(job, progress);
    if (ended.state === 'succeeded') await present(ended);
  } catch (error) {
    say('idle');
    complain(error instanceof Problem ? error.message : word('offline'));
    if (!(error instanceof Problem)) console.error(error);
  } finally {
    $('#working').hidden = true;
    submit.disabled = false;
  }
}

const stageWord = (stage) => word(stage === 'avatar' ? 'avatarStage' : stage);

function progress(state) {
  $('#bar').value = state.progress;
  $('#stages').replaceChildren(...Object.entries(state.stages).map(([stage, seconds]) =>
    element('li', { textContent: stageWord(stage),
      className: seconds !== null ? 'done' : stage === state.stage ? 'now' : '' })));
  const stage = state.stage ? stageWord(state.stage) : '…';
  say(state.state, { stage, detail: state.problem?.detail });
}

// ---- the result ---------------------------------------------------------------------------------

async function present(ended) {
  preview = await call('GET', ended.result);
  const files = Object.fromEntries(preview.files.map((file) => [file.name, file]));
  $('#result').hidden = false;
  await showModel(files['look.glb']);
  showStills(preview.files.filter((file) => file.media_type === 'image/png'));
  showFit(files['fit.json'] ? await (await fetch(files['fit.json'].url)).json() : null);
  $('#files').replaceChildren(...preview.files.map((file) => element('li', {},
    element('a', { href: file.url, textContent: file.name, download: file.name }))));
  $('#outcome-title').scrollIntoView({ block: 'start' });
}

async function showModel(file) {
  $('#viewer').hidden = !file;
  if (!file) return;
  const { Viewer } = await import('./viewer.mjs');
  viewer ??= new Viewer($('#viewer canvas'));
  await viewer.show(file.url);
  $('#viewer canvas').setAttribute('aria-label', word('figure'));
}

function showStills(pictures) {
  $('#stills').replaceChildren(...pictures.map((file) => {
    const view = word(file.name.replace('.png', ''));
    const picture = element('img', { src: file.url, alt: word('still', { view }), loading: 'lazy' });
    return element('figure', {}, element('a', { href: file.url }, picture),
      element('figcaption', { textContent: view }));
  }));
}

const sideWord = (side) => (side ? `, ${word(side === 'L' ? 'left' : 'right').toLowerCase()}` : '');
const levelWord = (level) => (level in WORDS[language] ? word(level) : level.replaceAll('_', ' '));

function showFit(report) {
  fit = report;
  $('#verdict').textContent = fit?.summary[language] ?? '';
  const told = [
    ...(fit?.zones ?? []).filter((zone) => zone.verdict && zone.verdict !== 'as_designed'),
    ...(fit?.mobility ?? []).filter((move) => move.verdict && move.verdict !== 'free'),
    ...(fit?.alterations ?? []),
    ...(fit?.cautions ?? []),
  ];
  $('#told').replaceChildren(...told.map((one) => element('li', { textContent: one.text[language] })));
  $('#size-advice').textContent = fit?.size_advice
    ? `${word('sizeAdvice', { chart: fit.size_advice.chart })} ${fit.size_advice.summary[language]}` : '';
  $('#fit tbody').replaceChildren(...(fit?.girths ?? []).map((row) => element('tr', {},
    element('th', { scope: 'row', textContent: levelWord(row.level) + sideWord(row.side) }),
    ...[row.body_cm, row.rest_cm ?? row.garment_cm, row.ease_cm].map(
      (value) => element('td', { textContent: value === null ? '—' : Number(value).toFixed(1) })))));
}

async function erase() {
  if (!preview) return;
  try {
    await call('DELETE', `/v1/people/${preview.person}`);
    preview = null;
    $('#result').hidden = true;
    say('erased');
  } catch (error) {
    complain(error instanceof Problem ? error.message : word('offline'));
  }
}

// ---- start --------------------------------------------------------------------------------------

function talk(chosen) {
  speak(chosen);
  fillTape();
  fillChoices();
  showFit(fit);
  $('.tools').setAttribute('aria-label', word('tools'));
}

form.addEventListener('submit', order);
form.elements.garment.addEventListener('change', fillOptions);
for (const input of form.querySelectorAll('[type=file]')) {
  input.addEventListener('change', () => showPhoto(input));
}
$('#without').addEventListener('click', () => setWithout(!withoutPhoto));
$('#cancel').addEventListener('click', () => call('POST', `/v1/jobs/${job}/cancel`).catch(() => {}));
$('#erase').addEventListener('click', erase);
for (const button of document.querySelectorAll('[data-view]')) {
  button.addEventListener('click', () => viewer?.turn(button.dataset.view));
}
$('[data-toggle=avatar]').addEventListener('click', ({ currentTarget: button }) => {
  const shown = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(shown));
  viewer?.body(shown);
});
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => talk(button.dataset.language));
}
talk(preferred());
try {
  [garments, fabrics] = await Promise.all([call('GET', '/v1/garments'), call('GET', '/v1/fabrics')]);
  fillChoices();
} catch (error) {
  complain(error instanceof Problem ? error.message : word('offline'));
}
