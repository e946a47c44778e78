// Listens to an album as a visitor does: node listen.mjs SERVER PLAYWRIGHT. Prints JSON: how many
// milliseconds passed from each first click to the first sound, and how long it was silent, or two
// tracks were heard at once, around each change of track.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [server, playwright] = process.argv.slice(2);
const { chromium } = (await import(pathToFileURL(join(playwright, "index.js")).href)).default;
const browser = await chromium.launch({
  executablePath: process.env.STUDIO_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});

// Lets all that the page plays pass by a meter: the highest sample of each 64 frames.
function tap() {
  const Plain = window.Audio;
  const context = new AudioContext({ sampleRate: 48_000 });
  const meter = context.createScriptProcessor(256, 2, 2);
  window.heard = [];
  window.clicked = window.first = undefined;
  meter.onaudioprocess = (event) => {
    const samples = event.inputBuffer.getChannelData(0);
    for (let at = 0; at < samples.length; at += 64) {
      let most = 0;
      for (let n = at; n < at + 64; n++) most = Math.max(most, Math.abs(samples[n]));
      window.heard.push(most);
      if (most > 0.01 && window.clicked && !window.first) window.first = performance.now() - window.clicked;
    }
  };
  meter.connect(context.destination);
  window.Audio = function () {
    const audio = new Plain();
    context.createMediaElementSource(audio).connect(meter);
    return audio;
  };
  document.addEventListener("pointerdown", () => { window.clicked ??= performance.now(); }, true);
}

// Stretches in which it is not as loud as a track alone is.
function stretches(heard, is) {
  const found = [];
  let length = 0;
  for (const level of [...heard, NaN]) {
    if (is(level)) length += 1;
    else {
      if (length) found.push((length * 64) / 48);
      length = 0;
    }
  }
  return found;
}

const first = [];
for (let visit = 0; visit < 5; visit++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(tap);
  await page.goto(`${server}/music/tone/all`);
  await page.waitForTimeout(300);
  await page.locator("button.play").first().click();
  await page.waitForFunction(() => window.first);
  first.push(await page.evaluate(() => window.first));
  await context.close();
}

const page = await browser.newPage();
await page.addInitScript(tap);
await page.goto(`${server}/music/tone/all`);
await page.locator("button.play").first().click();
await page.waitForFunction(() => document.title.includes("Part 5"), undefined, { timeout: 60_000 });
await page.waitForTimeout(1000);
const heard = await page.evaluate(() => window.heard);
const from = heard.findIndex((level) => level > 0.01) + 200;
const levels = heard.slice(from);
const usual = [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 2)];
const silent = stretches(levels, (level) => level < usual * 0.5);
const both = stretches(levels, (level) => level > usual * 1.15);
// A change that nobody hears is one of no silence.
const full = (all) => [...all, ...Array(Math.max(0, 5 - all.length)).fill(0)];
await browser.close();
console.log(JSON.stringify({ first, silent: full(silent), both: full(both) }));
