"use strict";
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const groups = [...document.querySelectorAll(".resource")].map((element) => ({
    element,
    service: element.dataset.service,
    head: null,
    verdicts: [...element.querySelectorAll(".verdict")].map((item) => ({ item, text: null, shown: true })),
    shown: true,
  }));

  const textOf = (element) => element.textContent.toLowerCase();

  function apply() {
    const data = new FormData(form);
    const words = data.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = new Set(data.getAll("status"));
    const severity = data.get("severity");
    const service = data.get("service");
    let verdicts = 0;
    let resources = 0;
    for (const group of groups) {
      let any = false;
      const here = !service || group.service === service;
      for (const verdict of group.verdicts) {
        const set = verdict.item.dataset;
        let shown = here && statuses.has(set.status) && (!severity || set.severity === severity);
        if (shown && words.length) {
          group.head ??= textOf(group.element.querySelector("header"));
          verdict.text ??= textOf(verdict.item);
          shown = words.every((word) => verdict.text.includes(word) || group.head.includes(word));
        }
        if (shown !== verdict.shown) {
          verdict.item.hidden = !shown;
          verdict.shown = shown;
        }
        if (shown) {
          any = true;
          verdicts += 1;
        }
      }
      if (any !== group.shown) {
        group.element.hidden = !any;
        group.shown = any;
      }
      if (any) resources += 1;
    }
    count.textContent = `${verdicts.toLocaleString("en")} verdicts on ${resources.toLocaleString("en")} resources`;
  }

  function tabs(text, wanted) {
    const parts = [...text.querySelectorAll("[data-language]")];
    if (parts.length < 2) return;
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    const buttons = parts.map((part) => {
      const heading = part.querySelector("h4");
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "tab");
      button.textContent = heading.textContent;
      heading.hidden = true;
      part.setAttribute("role", "tabpanel");
      button.addEventListener("click", () => select(part.dataset.language));
      bar.append(button);
      return button;
    });
    function select(language) {
      const known = parts.some((part) => part.dataset.language === language) ? language : parts[0].dataset.language;
      parts.forEach((part, index) => {
        const chosen = part.dataset.language === known;
        part.hidden = !chosen;
        buttons[index].setAttribute("aria-selected", String(chosen));
        buttons[index].tabIndex = chosen ? 0 : -1;
      });
    }
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
      buttons[next].click();
      buttons[next].focus();
    });
    parts[0].before(bar);
    select(wanted);
  }

  function fill(details) {
    const source = document.querySelector(`#control-${details.dataset.control} .text`);
    if (!source || details.querySelector(".text")) return;
    const text = source.cloneNode(true);
    details.querySelector("p").replaceWith(text);
    tabs(text, details.dataset.language);
  }

  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.dataset.control) fill(event.target);
  }, true);
  let timer = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(apply, event.target.type === "search" ? 120 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.hidden = false;
  apply();
})();
