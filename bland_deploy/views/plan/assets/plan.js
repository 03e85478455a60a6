"use strict";
// The people to call: searched in memory, a page of rows at a time. The requests: written out when they are opened.

const PER_PAGE = 50;
const { batches, people } = PAGE.own;

// What turns the direction of writing or cannot be seen is shown as a sign that something is there.
function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

function cell(text, name) {
  const element = document.createElement("td");
  element.textContent = visible(text);
  if (name) element.className = name;
  return element;
}

function listPeople() {
  const [search, rows, shown, back, on] = ["search", "rows", "shown", "back", "on"].map((id) => document.getElementById(id));
  if (!search) return;
  let words = null, found = people, first = 0;

  const written = () => people.map(([number, batch, values]) => `${number} ${batches[batch][0]} ${values}`.toLowerCase());

  function show() {
    const page = found.slice(first, first + PER_PAGE);
    rows.replaceChildren(...page.map(([number, batch, values]) => {
      const row = document.createElement("tr");
      const [campaign, index] = batches[batch];
      row.append(cell(number, "nowrap"), cell(campaign), cell(NUMBERS.format(index), "number"), cell(values));
      return row;
    }));
    const range = page.length ? `${NUMBERS.format(first + 1)} to ${NUMBERS.format(first + page.length)} of ` : "";
    shown.textContent = `${range}${NUMBERS.format(found.length)}`;
    back.disabled = first === 0;
    on.disabled = first + PER_PAGE >= found.length;
  }

  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    words ??= written();
    found = wanted.length ? people.filter((_, index) => wanted.every((word) => words[index].includes(word))) : people;
    first = 0;
    show();
  });
  back.addEventListener("click", () => { first -= PER_PAGE; show(); });
  on.addEventListener("click", () => { first += PER_PAGE; show(); });
  show();
}

// The page escapes "<" and its like in JSON; other escapes are the request's own and stay.
function unescaped(json) {
  const ours = new Set(["\\u003c", "\\u003e", "\\u0026", "\\u0023", "\\u003a"]);
  return json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) => ours.has(escape) ? JSON.parse(`"${escape}"`) : escape);
}

for (const request of document.querySelectorAll("details.request")) {
  const json = request.querySelector("script"), place = request.querySelector("pre");
  if (!json) continue;
  request.addEventListener("toggle", () => { place.textContent = visible(unescaped(json.textContent)); }, { once: true });
}

listPeople();
