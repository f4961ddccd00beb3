// Live updates, copying, and keys. Everything else works without this file.
(function () {
  "use strict";
  const address = document.body.dataset.live;
  let source = null;

  // A browser allows six connections to one address: a page nobody looks at lets go of its stream.
  function follow() {
    if (document.hidden || source || !address) return;
    source = new EventSource(address);
    source.addEventListener("change", () => document.body.dispatchEvent(new Event("live")));
  }
  function letGo() {
    if (source) source.close();
    source = null;
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return letGo();
    follow();
    document.body.dispatchEvent(new Event("live"));
  });
  window.addEventListener("pagehide", letGo);
  window.addEventListener("pageshow", follow);

  async function copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = document.createElement("textarea"); // plain http on the office's network has no clipboard object
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    const before = button.textContent;
    button.textContent = "Đã chép";
    setTimeout(() => (button.textContent = before), 1200);
  }
  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-copy]");
    if (one) return copy(one, one.dataset.copy);
    const all = event.target.closest("[data-copy-all]");
    if (all) {
      const cells = document.querySelectorAll(all.dataset.copyAll + " [data-value]");
      copy(all, [...cells].map((cell) => cell.dataset.label + "\t" + cell.dataset.value).join("\n"));
    }
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      const box = document.querySelector(fill.dataset.fill);
      box.value = fill.dataset.text;
      box.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (!typing && event.key === "/") {
      const search = document.querySelector('[data-key="/"]');
      if (search) { event.preventDefault(); search.focus(); }
    }
    if (!typing && (event.key === "j" || event.key === "k")) {
      const links = [...document.querySelectorAll("table.list td.code a")];
      const next = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
      if (links[next]) links[next].focus();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && !event.target.hasAttribute("hx-post")) setTimeout(() => (button.disabled = true), 0); // twice is one too many
  });
  // A menu closes when something else is clicked, when the focus leaves it, and by Escape, which gives the focus back.
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)));
  document.addEventListener("focusin", (event) => menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("change", (event) => {
    const all = event.target.dataset.all;
    if (all) event.target.form.querySelectorAll(`[name="${all}"]`).forEach((box) => (box.checked = event.target.checked));
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const held = event.target.dataset.hold; // lines that somebody is choosing are not replaced under their hand
    if (held && event.target.querySelector(`[name="${held}"]:checked`)) event.preventDefault();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches("[data-clear]") && event.detail.successful) event.target.reset();
  });
  document.body.addEventListener("htmx:afterSwap", () => document.querySelectorAll("[data-end]").forEach((box) => (box.scrollTop = box.scrollHeight)));
  window.addEventListener("load", () => document.querySelectorAll("[data-end]").forEach((box) => (box.scrollTop = box.scrollHeight)));
  follow();
})();
