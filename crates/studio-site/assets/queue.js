// The recordings of a page, in their order.

// The track that a list item shows.
export function trackOf(item) {
  const text = (selector) => item.querySelector(selector)?.textContent.trim() ?? "";
  const link = item.querySelector(".title");
  return {
    id: item.id.slice(2),
    title: text(".title"),
    artist: text(".by") || item.parentElement.dataset.artist,
    url: new URL(link.href).pathname,
    src: item.querySelector("audio").src,
    cover: item.dataset.cover ?? item.parentElement.dataset.cover,
    length: Number(item.dataset.length) || 0,
    gain: Number(item.dataset.gain) || 1,
    wave: item.querySelector("svg.wave:not(.played)")?.outerHTML ?? "",
  };
}

// Which tracks are played one after another, from which on the last is followed by the first.
export class Queue {
  constructor(tracks = [], index = 0) {
    this.tracks = tracks;
    this.index = index;
  }

  get current() {
    return this.tracks[this.index];
  }

  get next() {
    return this.tracks[(this.index + 1) % this.tracks.length];
  }

  move(by) {
    const count = this.tracks.length;
    this.index = (this.index + by + count) % count;
    return this.current;
  }
}

// `90`, `1m20s`, `1h2m3s` as seconds; nothing for anything else.
export function seconds(text) {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  if (!parts || !text) return undefined;
  const [hours, minutes, rest] = parts.slice(1).map((part) => Number(part ?? 0));
  return hours * 3600 + minutes * 60 + rest;
}

// `3:05`, `1:02:03`.
export function clock(time) {
  const whole = Math.max(0, Math.floor(time));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// `3 minutes 5 seconds`.
export function spoken(time) {
  const whole = Math.max(0, Math.floor(time));
  const many = (n, word) => (n ? [`${n} ${word}${n === 1 ? "" : "s"}`] : []);
  const parts = [
    ...many(Math.floor(whole / 3600), "hour"),
    ...many(Math.floor(whole / 60) % 60, "minute"),
    ...many(whole % 60, "second"),
  ];
  return parts.join(" ") || "0 seconds";
}
