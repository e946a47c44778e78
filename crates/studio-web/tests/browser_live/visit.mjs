// A visitor of the site, with a real browser: node visit.mjs ORIGIN PLAYWRIGHT AXE PICTURES.
// Prints a line for each thing that was seen to hold; ends with an error at the first that is not.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { strict as assert } from "node:assert";

const [origin, playwright, axe, pictures] = process.argv.slice(2);
const { chromium } = (await import(pathToFileURL(join(playwright, "index.js")).href)).default;
mkdirSync(pictures, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.STUDIO_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});

// What went wrong in a page that nobody asked for.
const troubles = [];
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(`${page.url()}: ${error.message}`));
  page.on("console", (said) => {
    if (said.type() === "error" && !/status of 404/.test(said.text())) troubles.push(`${page.url()}: ${said.text()}`);
  });
  page.on("dialog", (dialog) => {
    troubles.push(`${page.url()} says ${dialog.message()}`);
    dialog.dismiss();
  });
  return page;
}

async function picture(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const ALBUM = "/music/lampwright/harbour";
const LONG = "/music/long-player/all-of-it";
const titled = (page, text) => page.waitForFunction((text) => document.title.includes(text), text);
const playing = (page) => page.waitForFunction(() => document.title.startsWith("▶"));
const time = (page) => page.evaluate(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")));

async function check(name, test) {
  await test();
  assert.deepEqual(troubles, [], name);
  console.log(name);
}

async function accessible(page, where) {
  const found = await page.evaluate(async () => (await axe.run(document)).violations);
  assert.deepEqual(found.map((one) => [one.id, one.nodes.map((node) => node.html)]), [], where);
}

await check("pages are read without scripts", async () => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto(origin + ALBUM);
  const sounds = page.locator("main audio[controls]");
  assert.equal(await sounds.count(), 2);
  for (const sound of await sounds.all()) assert.ok(await sound.isVisible());
  assert.ok(!(await page.locator("#player").isVisible()));
  assert.ok(!(await page.locator("button.play").first().isVisible()));
  await picture(page, "album-without-scripts");
  await page.locator("main a", { hasText: "Lampwright" }).first().click();
  assert.equal(new URL(page.url()).pathname, "/music/lampwright");
  await page.context().close();
});

await check("one plays at a time, the next at its end, and after the last the first", async () => {
  const page = await open();
  await page.goto(origin + ALBUM);
  await page.locator("button.play").first().click();
  await titled(page, "first side");
  assert.ok(await page.locator(".track").first().evaluate((item) => item.classList.contains("current")));
  await titled(page, "second side");
  await titled(page, "first side");
  await page.locator("button.play").nth(1).click();
  await titled(page, "second side");
  assert.equal(await page.locator(".track.current").count(), 1);
  await page.context().close();
});

await check("a click on the waveform asks for the bytes from there on", async () => {
  const page = await open();
  const isFar = (request) => Number(/bytes=(\d+)-/.exec(request.headers().range ?? "")?.[1] ?? 0) > 10_000_000;
  await page.goto(origin + LONG);
  // Over a line that would take half a minute to bring it all.
  const network = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 5, downloadThroughput: 1_000_000, uploadThroughput: 1_000_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  const wave = page.locator(".track .waves").nth(1);
  const box = await wave.boundingBox();
  const asked = page.waitForRequest((request) => /\/stream/.test(request.url()) && isFar(request));
  await wave.click({ position: { x: box.width * 0.8, y: box.height / 2 } });
  await asked;
  await playing(page);
  await page.waitForFunction(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")) >= 95);
  await picture(page, "album-playing");
  await page.context().close();
});

await check("keys do what they are said to do", async () => {
  const page = await open();
  await page.goto(origin + LONG);
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys").isVisible());
  await picture(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("k");
  await playing(page);
  await page.keyboard.press("l");
  await page.waitForFunction(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")) >= 10);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("k");
  await page.waitForFunction(() => !document.title.startsWith("▶"));
  const at = await time(page);
  assert.ok(at >= 15, `${at}`);
  await page.keyboard.press("j");
  await page.waitForFunction((at) => Number(document.getElementById("seek").getAttribute("aria-valuenow")) <= at - 9, at);
  const said = await page.locator("#seek").getAttribute("aria-valuetext");
  assert.match(said, /^\d+ seconds? of 2 minutes$/);
  await page.keyboard.press("m");
  assert.equal(await page.locator("[data-do=mute]").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#volume").inputValue(), "95");
  await page.keyboard.press("n");
  await titled(page, "Second half");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => !document.title.startsWith("▶"));
  // In a field they are letters.
  await page.locator("#q").pressSequentially("mk l?");
  assert.equal(await page.locator("#q").inputValue(), "mk l?");
  await page.context().close();
});

await check("what plays goes on from page to page, and over a reload", async () => {
  const page = await open();
  await page.goto(origin + LONG);
  await page.locator("button.play").first().click();
  await playing(page);
  await page.evaluate(() => { window.same = true; });
  await page.locator("main a", { hasText: "Long Player" }).first().click();
  await page.waitForURL(`${origin}/music/long-player`);
  await page.locator(".name").click();
  await page.waitForURL(`${origin}/`);
  assert.ok(await page.evaluate(() => window.same), "the page was loaded anew");
  assert.match(await page.title(), /^▶ First half/);
  await page.goBack();
  await page.waitForURL(`${origin}/music/long-player`);
  await page.locator("h1", { hasText: "Long Player" }).waitFor();
  await page.keyboard.press("l");
  await page.waitForFunction(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")) >= 10);
  await page.reload();
  await page.locator("#player").waitFor();
  assert.equal(await page.locator("#now-title").textContent(), "First half");
  await page.waitForFunction(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")) >= 10);
  assert.ok(!(await page.title()).startsWith("▶"));
  await page.context().close();
});

await check("a link to a time begins there", async () => {
  const page = await open();
  await page.goto(`${origin}/music/long-player/-/first-half#t=1m20s`);
  await page.waitForFunction(() => Number(document.getElementById("seek").getAttribute("aria-valuenow")) >= 80);
  await page.context().close();
});

await check("loud recordings are made as quiet as others, if that is wanted", async () => {
  const page = await open();
  await page.addInitScript(() => {
    const Plain = window.Audio;
    window.Audio = function () {
      const audio = new Plain();
      (window.decks ??= []).push(audio);
      return audio;
    };
  });
  await page.goto(origin + LONG);
  await page.locator("button.play").first().click();
  await playing(page);
  const volume = () => page.evaluate(() => window.decks.find((deck) => !deck.paused).volume);
  const gain = Number(await page.locator(".track").first().getAttribute("data-gain"));
  assert.ok(gain < 0.9, `${gain}`);
  assert.ok(Math.abs((await volume()) - gain) < 0.01);
  await page.locator("#even").uncheck();
  assert.equal(await volume(), 1);
  await page.reload();
  assert.equal(await page.locator("#even").isChecked(), false);
  await page.context().close();
});

await check("what people wrote runs nowhere", async () => {
  const page = await open();
  for (const path of ["/", "/music/script-alert-1-script", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E"]) {
    const answer = await page.goto(origin + path);
    assert.equal(answer.status(), 200, path);
    assert.equal(await page.locator("main script, main img[onerror]").count(), 0, path);
  }
  assert.match(await page.locator("h1").textContent(), /<script>alert\(1\)<\/script>/);
  await page.context().close();
});

await check("nobody can frame a page, and everybody the player", async () => {
  const page = await open();
  await page.goto(origin + "/robots.txt");
  const shown = async (path) => {
    await page.setContent(`<iframe src="${origin}${path}"></iframe>`);
    await page.waitForTimeout(500);
    const frame = page.frames().find((frame) => frame !== page.mainFrame());
    return frame.locator("main").count().catch(() => 0);
  };
  assert.equal(await shown("/embed/lampwright/harbour"), 1);
  assert.equal(await shown(ALBUM), 0);
  troubles.length = 0;
  await page.context().close();
});

const PAGES = ["/", "/music/lampwright", ALBUM, "/music/lampwright/-/low-water", "/search?q=harbour",
  "/licences/cc-by-4.0", "/embed/lampwright/harbour", "/no/such/page"];

for (const colorScheme of ["light", "dark"]) {
  await check(`everybody can use the pages: ${colorScheme}`, async () => {
    const page = await open({ colorScheme, reducedMotion: "reduce" });
    for (const path of PAGES) {
      await page.goto(origin + path);
      await page.addScriptTag({ path: join(axe, "axe.min.js") }).catch(async () => {
        await page.evaluate(await (await import("node:fs/promises")).readFile(join(axe, "axe.min.js"), "utf8"));
      });
      await accessible(page, path);
    }
    await page.goto(origin + ALBUM);
    await page.locator("button.play").first().click();
    await playing(page);
    await page.evaluate(await (await import("node:fs/promises")).readFile(join(axe, "axe.min.js"), "utf8"));
    await accessible(page, "the player");
    await picture(page, `album-${colorScheme}`);
    troubles.length = 0;
    await page.context().close();
  });
}

await check("everything fits on a phone", async () => {
  const page = await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
  for (const path of PAGES) {
    await page.goto(origin + path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${path}: ${wide}`);
  }
  await page.goto(origin + LONG);
  await page.locator("button.play").first().click();
  await playing(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await picture(page, "album-phone");
  await page.context().close();
});

await check("pages are light", async () => {
  const page = await open();
  for (const path of PAGES) {
    const sent = [];
    const note = async (answer) => {
      const { responseBodySize, responseHeadersSize } = await answer.request().sizes();
      sent.push([answer.request().resourceType(), responseBodySize + responseHeadersSize]);
    };
    const waiting = [];
    const listen = (answer) => waiting.push(note(answer).catch(() => {}));
    page.on("response", listen);
    await page.context().clearCookies();
    await page.goto(origin + path, { waitUntil: "networkidle" });
    page.off("response", listen);
    await Promise.all(waiting);
    const own = sent.filter(([kind]) => kind !== "image" && kind !== "media");
    const bytes = own.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(own.length <= 9, `${path}: ${own.length} requests`);
    assert.ok(bytes <= 50_000, `${path}: ${bytes} bytes`);
    assert.ok(!sent.some(([kind]) => kind === "media"), `${path} loads sound that nobody asked for`);
  }
  await page.context().close();
});

await browser.close();
