// The player: one recording at a time, in the order of its page.
import { Decks } from "./decks.js";
import { Queue, clock, seconds, spoken, trackOf } from "./queue.js";

const KEPT = "studio.player";
const SETTINGS = "studio.settings";

// What a browser keeps, where it may keep anything.
function kept(storage, key) {
  try {
    return JSON.parse(storage().getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function keep(storage, key, value) {
  try {
    storage().setItem(key, JSON.stringify(value));
  } catch {
    // Then it is forgotten.
  }
}

export class Player {
  constructor(bar) {
    this.bar = bar;
    this.part = (id) => document.getElementById(id);
    this.queue = new Queue();
    this.failures = 0;
    this.title = document.title;
    this.decks = new Decks({
      time: () => this.showTime(),
      state: () => this.showState(),
      ended: (joined) => this.ended(joined),
      failed: () => this.failed(),
    });
    const { volume = 100, even = true } = kept(() => localStorage, SETTINGS);
    this.part("volume").value = volume;
    this.part("even").checked = even;
    this.settle();
    this.listen();
    this.mediaKeys();
  }

  listen() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.act(button.dataset.do);
      const play = event.target.closest("button.play");
      if (play) this.toggleItem(play.closest(".track"));
    });
    for (const id of ["volume", "even"]) this.part(id).addEventListener("input", () => this.settle());
    const seek = this.part("seek");
    seek.addEventListener("pointerdown", (event) => this.drag(event, seek, (share) => this.seek(share * this.length)));
    window.addEventListener("pagehide", () => this.keep());
    window.addEventListener("hashchange", () => this.cue());
    this.others = "BroadcastChannel" in window ? new BroadcastChannel(KEPT) : undefined;
    // One at a time, in whichever window.
    this.others?.addEventListener("message", () => this.decks.pause());
  }

  get isUsed() {
    return Boolean(this.queue.current);
  }

  get length() {
    const known = this.decks.length;
    return Number.isFinite(known) && known > 0 ? known : this.queue.current?.length ?? 0;
  }

  act(what) {
    const acts = {
      toggle: () => this.toggle(),
      next: () => this.move(1),
      previous: () => (this.decks.time > 3 ? this.seek(0) : this.move(-1)),
      mute: () => this.mute(),
      help: () => this.part("keys").showModal(),
      all: () => this.playItem(document.querySelector("main .track")),
    };
    acts[what]?.();
  }

  // Takes in the recordings of a page.
  enter(main) {
    this.main = main;
    this.title = document.title;
    for (const item of main.querySelectorAll(".track")) this.upgrade(item);
    this.mark();
    this.showTime();
    this.showState();
    this.cue();
  }

  // Gives an item a wave that can be clicked.
  upgrade(item) {
    const box = document.createElement("div");
    box.className = "waves";
    item.querySelector(".play").setAttribute("aria-label", `Play ${item.querySelector(".title").textContent}`);
    box.setAttribute("aria-hidden", "true");
    const wave = item.querySelector("svg.wave");
    item.querySelector(".what").after(box);
    this.draw(box, wave?.outerHTML ?? "");
    wave?.remove();
    const begin = (share) => {
      const length = Number(item.dataset.length) || this.length;
      if (this.isCurrent(item)) this.seek(share * this.length);
      else this.playItem(item, share * length);
    };
    box.addEventListener("pointerdown", (event) => this.drag(event, box, begin));
  }

  draw(box, wave) {
    box.innerHTML = wave;
    const played = box.firstElementChild?.cloneNode(true) ?? document.createElement("div");
    played.classList.add("played");
    box.append(played);
  }

  // Follows a pointer along a wave, and tells where it was let go.
  drag(event, box, then) {
    if (event.button !== 0) return;
    const share = (at) => {
      const { left, width } = box.getBoundingClientRect();
      return Math.min(1, Math.max(0, (at.clientX - left) / width));
    };
    const move = (at) => box.style.setProperty("--played", `${share(at) * 100}%`);
    const end = (at) => {
      box.removeEventListener("pointermove", move);
      this.dragging = false;
      if (at.type === "pointerup") then(share(at));
      else this.showTime();
    };
    this.dragging = true;
    box.setPointerCapture(event.pointerId);
    move(event);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", end, { once: true });
    box.addEventListener("pointercancel", end, { once: true });
  }

  isCurrent(item) {
    return item.id === `r-${this.queue.current?.id}`;
  }

  toggleItem(item) {
    if (this.isCurrent(item)) this.toggle();
    else this.playItem(item);
  }

  // Plays an item, and what follows it on its page.
  playItem(item, at = 0) {
    if (!item) return;
    const items = [...this.main.querySelectorAll(".track")];
    this.queue = new Queue(items.map(trackOf), items.indexOf(item));
    this.failures = 0;
    this.put(at);
    this.play();
  }

  // Puts the current track on.
  put(at = 0) {
    this.decks.load(this.queue.current, at);
    this.follow();
    this.show();
  }

  follow() {
    this.decks.follow(this.queue.next);
  }

  play() {
    this.others?.postMessage("playing");
    this.decks.play();
  }

  toggle() {
    if (!this.isUsed) this.playItem(this.main.querySelector(".track"));
    else if (this.decks.paused) this.play();
    else this.decks.pause();
  }

  move(by) {
    if (!this.isUsed) return;
    this.queue.move(by);
    this.put();
    this.play();
  }

  seek(time) {
    if (!this.isUsed) return;
    this.decks.seek(Math.min(Math.max(0, time), this.length || time));
    this.showTime();
  }

  skip(by) {
    this.seek(this.decks.time + by);
  }

  louder(by) {
    const volume = this.part("volume");
    volume.value = Number(volume.value) + by;
    this.settle();
    this.say(`Volume ${volume.value}`);
  }

  mute() {
    this.decks.muted = !this.decks.muted;
    this.bar.querySelector("[data-do=mute]").setAttribute("aria-pressed", this.decks.muted);
  }

  settle() {
    const [volume, even] = [Number(this.part("volume").value), this.part("even").checked];
    // As ears hear it: half the way is half as loud.
    this.decks.loudness((volume / 100) ** 2, even);
    keep(() => localStorage, SETTINGS, { volume, even });
  }

  ended(joined) {
    this.failures = 0;
    this.queue.move(1);
    if (joined) {
      this.follow();
      this.show();
    } else {
      this.put();
      this.play();
    }
  }

  failed() {
    const track = this.queue.current;
    if (!track) return;
    this.say(`${track.title} cannot be played`);
    this.failures += 1;
    if (this.failures < this.queue.tracks.length) this.move(1);
    else this.showState();
  }

  say(text) {
    this.part("said").textContent = text;
  }

  // Shows which track it is.
  show() {
    const track = this.queue.current;
    this.bar.hidden = false;
    const link = this.part("now-title");
    link.textContent = track.title;
    link.href = track.url;
    this.part("now-artist").textContent = track.artist;
    this.part("now-cover").src = track.cover;
    this.part("seek").setAttribute("aria-label", `Position in ${track.title}`);
    this.draw(this.part("seek"), track.wave);
    if ("mediaSession" in navigator) {
      const artwork = [{ src: new URL(track.cover, location.href).href }];
      navigator.mediaSession.metadata = new MediaMetadata({ title: track.title, artist: track.artist, artwork });
    }
    this.mark();
    this.showTime();
    this.showState();
    this.keep();
  }

  // Marks the current item of the page.
  mark() {
    for (const item of this.main.querySelectorAll(".track")) {
      const isCurrent = this.isCurrent(item);
      item.classList.toggle("current", isCurrent);
      item.toggleAttribute("aria-current", isCurrent);
      if (!isCurrent) item.querySelector(".waves").style.removeProperty("--played");
    }
  }

  showState() {
    if (!this.isUsed || !this.main) return;
    const track = this.queue.current;
    const paused = this.decks.paused;
    const [icon, word] = paused ? ["#i-play", "Play"] : ["#i-pause", "Pause"];
    const show = (button, label) => {
      button.querySelector("use").setAttribute("href", icon);
      button.setAttribute("aria-label", label);
    };
    show(this.bar.querySelector("[data-do=toggle]"), word);
    for (const item of this.main.querySelectorAll(".track")) {
      const button = item.querySelector(".play");
      const title = item.querySelector(".title").textContent;
      if (this.isCurrent(item)) show(button, `${word} ${title}`);
      else {
        button.querySelector("use").setAttribute("href", "#i-play");
        button.setAttribute("aria-label", `Play ${title}`);
      }
    }
    document.title = paused ? this.title : `▶ ${track.title} – ${track.artist}`;
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = paused ? "paused" : "playing";
    if (paused) this.keep();
  }

  showTime() {
    if (!this.isUsed || this.dragging || !this.main) return;
    const [time, length] = [this.decks.time, this.length];
    const share = length ? `${Math.min(100, (time / length) * 100)}%` : "0%";
    const seek = this.part("seek");
    seek.style.setProperty("--played", share);
    seek.setAttribute("aria-valuemax", Math.round(length));
    seek.setAttribute("aria-valuenow", Math.round(time));
    seek.setAttribute("aria-valuetext", `${spoken(time)} of ${spoken(length)}`);
    this.part("now-time").textContent = clock(time);
    this.part("now-length").textContent = clock(length);
    this.main.querySelector(".track.current .waves")?.style.setProperty("--played", share);
    if ("mediaSession" in navigator && length && time <= length) {
      navigator.mediaSession.setPositionState({ duration: length, position: time });
    }
    if (Math.abs(time - (this.keptAt ?? 0)) >= 5) this.keep();
  }

  // What a link says of a time: `#t=1m20s`.
  cue() {
    const time = seconds(new URLSearchParams(location.hash.slice(1)).get("t") ?? "");
    const first = this.main?.querySelector(".track");
    if (time === undefined || !first) return;
    if (this.isCurrent(first)) this.seek(time);
    else this.playItem(first, time);
  }

  keep() {
    if (!this.isUsed) return;
    const { tracks, index } = this.queue;
    this.keptAt = this.decks.time;
    keep(() => sessionStorage, KEPT, { tracks, index, at: this.keptAt });
  }

  // Goes on after a reload where it was, as soon as somebody wants it.
  restore() {
    const { tracks, index, at } = kept(() => sessionStorage, KEPT);
    if (this.isUsed || !Array.isArray(tracks) || !tracks[index]) return;
    this.queue = new Queue(tracks, index);
    this.put(at);
  }

  mediaKeys() {
    if (!("mediaSession" in navigator)) return;
    const acts = {
      play: () => this.play(),
      pause: () => this.decks.pause(),
      previoustrack: () => this.act("previous"),
      nexttrack: () => this.act("next"),
      seekbackward: () => this.skip(-10),
      seekforward: () => this.skip(10),
      seekto: (to) => this.seek(to.seekTime),
    };
    for (const [name, act] of Object.entries(acts)) {
      try {
        navigator.mediaSession.setActionHandler(name, act);
      } catch {
        // A browser that knows no such key has none.
      }
    }
  }
}
