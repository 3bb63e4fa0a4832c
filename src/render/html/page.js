"use strict";
(() => {
  const toast = document.getElementById("toast");
  const say = (text) => {
    toast.textContent = text;
    setTimeout(() => { if (toast.textContent === text) toast.textContent = ""; }, 4000);
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

  for (const button of document.querySelectorAll("button.save")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([exactly(button.dataset.save)], { type: "application/json" }));
      link.download = button.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      say("Saved as " + button.dataset.name);
    });
  }

  // The numbers on top leave only their findings.
  const numbers = [...document.querySelectorAll("[data-filter]")];
  for (const number of numbers) {
    number.addEventListener("click", () => {
      const on = number.getAttribute("aria-pressed") !== "true";
      for (const other of numbers) other.setAttribute("aria-pressed", on && other === number);
      for (const finding of document.querySelectorAll(".finding")) {
        finding.hidden = on && !finding.classList.contains(number.dataset.filter);
      }
      say(on ? "Only " + number.textContent + " shown below" : "All findings shown");
    });
  }

  // The form of request that the reader took last, else that of the platform.
  const remembered = () => { try { return localStorage.getItem("mendpoint-form"); } catch { return null; } };
  const remember = (form) => { try { localStorage.setItem("mendpoint-form", form); } catch { /* not allowed here */ } };
  const form = remembered() || (/Win/.test(navigator.userAgent) ? "powershell" : "curl");

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
    choose(tabs.find((tab) => tab.dataset.form === form) || tabs[0]);
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (!tab) return;
      choose(tab);
      remember(tab.dataset.form);
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
  const unfold = (hash) => {
    const target = hash && document.getElementById(hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
    }
    return target;
  };
  addEventListener("hashchange", () => unfold(location.hash));
  unfold(location.hash);
  // Inside another page a link to a place in this one would leave it.
  if (location.protocol === "about:") {
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (!link) return;
      event.preventDefault();
      const target = unfold(link.getAttribute("href"));
      if (target) target.scrollIntoView();
    });
  }
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details.finding:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
})();
