// Goes from page to page without a break in what is heard: as long as nothing is heard, links
// are links.

export function pages(player) {
  history.scrollRestoration = "manual";

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = event.button === 0 && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!link || !isPlain || event.defaultPrevented || !player.isUsed) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
    event.preventDefault();
    go(link.href, true);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get" || !player.isUsed || !form.matches(".search")) return;
    event.preventDefault();
    go(`${form.action}?${new URLSearchParams(new FormData(form))}`, true);
  });

  window.addEventListener("popstate", (event) => {
    if (player.isUsed) go(location.href, false, event.state?.top ?? 0);
    else location.reload();
  });

  let going;

  async function go(url, isNew, top = 0) {
    going?.abort();
    going = new AbortController();
    let answer, text;
    try {
      answer = await fetch(url, { signal: going.signal, headers: { accept: "text/html" } });
      text = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") location.href = url;
      return;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.getElementById("main");
    const isPage = answer.headers.get("content-type")?.startsWith("text/html") && main;
    // Of another version, or no page at all: then as any link.
    if (!isPage || script(page) !== script(document)) {
      location.href = url;
      return;
    }
    if (isNew) {
      history.replaceState({ top: scrollY }, "");
      const { hash } = new URL(url);
      history.pushState({}, "", answer.url + (answer.url.includes("#") ? "" : hash));
    }
    document.title = page.title;
    for (const selector of ["link[rel=canonical]", "meta[name=robots]"]) {
      document.head.querySelector(selector)?.remove();
      const other = page.head.querySelector(selector);
      if (other) document.head.append(other);
    }
    document.getElementById("main").replaceWith(main);
    document.getElementById("q").value = page.getElementById("q")?.value ?? "";
    player.enter(main);
    main.focus({ preventScroll: true });
    scrollTo(0, top);
  }

  const script = (page) => page.querySelector("script[type=module]")?.getAttribute("src");
}
