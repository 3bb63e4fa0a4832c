"use strict";
(() => {
  const said = document.getElementById("said");
  const say = (text) => {
    said.textContent = text;
    setTimeout(() => { if (said.textContent === text) said.textContent = ""; }, 4000);
  };

  const exactly = (id) => JSON.parse(document.getElementById(id).textContent);

  // Where the clipboard interface is missing, a copy event still takes the exact text.
  const copyByEvent = (text) => new Promise((done, failed) => {
    const put = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    };
    document.addEventListener("copy", put, { once: true });
    const worked = document.execCommand("copy");
    document.removeEventListener("copy", put);
    worked ? done() : failed();
  });
  const copy = (text) => navigator.clipboard
    ? navigator.clipboard.writeText(text).catch(() => copyByEvent(text))
    : copyByEvent(text);

  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      copy(exactly(button.dataset.copy)).then(
        () => {
          button.textContent = "Copied";
          say("Copied");
          setTimeout(() => { button.textContent = "Copy"; }, 2000);
        },
        () => say("The browser did not allow copying. Select the text and copy it."),
      );
    });
  }

  for (const group of document.querySelectorAll(".tabs")) {
    const list = group.querySelector("[role=tablist]");
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const choose = (chosen) => {
      for (const tab of tabs) {
        const is = tab === chosen;
        tab.setAttribute("aria-selected", is);
        tab.tabIndex = is ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = !is;
      }
    };
    list.hidden = false;
    group.classList.add("live");
    choose(tabs[0]);
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) choose(tab);
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || next === undefined) return;
      event.preventDefault();
      const tab = tabs[(next + tabs.length) % tabs.length];
      choose(tab);
      tab.focus();
    });
  }

  // A link or a printer reaches what is folded away.
  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details.finding:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
})();
