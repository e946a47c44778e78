// Two decks: while one plays, the other is made ready, and starts as the first one ends.

// How long before its end the next one is made ready, and the end is awaited closely (seconds).
const READY = 20;
const CLOSE = 1;
// What a deck is taken to need to start, until that has been measured (seconds).
const USUAL = 0.02;

export class Decks {
  // `on` is told: time(), state(), ended(), failed().
  constructor(on) {
    this.on = on;
    this.latency = USUAL;
    this.user = 1;
    this.decks = [0, 1].map(() => {
      const deck = new Audio();
      deck.preload = "auto";
      deck.gain = 1;
      for (const kind of ["timeupdate", "seeked", "durationchange"]) this.listen(deck, kind, () => this.tick());
      for (const kind of ["play", "pause", "playing", "waiting"]) this.listen(deck, kind, () => on.state());
      this.listen(deck, "ended", () => this.ended());
      this.listen(deck, "error", () => on.failed());
      return deck;
    });
  }

  listen(deck, kind, then) {
    deck.addEventListener(kind, () => {
      if (deck === this.deck) then();
    });
  }

  get deck() {
    return this.decks[0];
  }

  get other() {
    return this.decks[1];
  }

  get time() {
    return this.wanted ?? this.deck.currentTime;
  }

  get length() {
    return this.deck.duration;
  }

  get paused() {
    return this.deck.paused;
  }

  // Puts a track on, to begin at a time.
  load(track, at = 0) {
    this.forget();
    if (this.other.track?.id === track.id && at === 0) {
      this.swap();
    } else {
      this.put(this.deck, track);
      this.seek(at);
    }
    this.other.pause();
    this.loudness();
  }

  put(deck, track) {
    deck.track = track;
    deck.gain = track.gain;
    deck.src = track.src;
  }

  swap() {
    this.decks.reverse();
    this.wanted = undefined;
  }

  forget() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.following = undefined;
  }

  // What follows the present track, once it ends.
  follow(track) {
    this.following = track;
    this.tick();
  }

  async play() {
    const deck = this.deck;
    try {
      await deck.play();
    } catch (error) {
      // Browsers let nothing sound that nobody asked for; what was put off meanwhile is no failure.
      if (error.name !== "NotAllowedError" && error.name !== "AbortError") throw error;
    }
    this.on.state();
  }

  pause() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.deck.pause();
    this.other.pause();
  }

  seek(time) {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    const deck = this.deck;
    if (deck.readyState > 0) {
      this.wanted = undefined;
      deck.currentTime = Math.min(time, Number.isFinite(deck.duration) ? deck.duration : time);
    } else {
      this.wanted = time || undefined;
      deck.addEventListener("loadedmetadata", () => {
        if (this.wanted !== undefined && deck === this.deck) deck.currentTime = this.wanted;
        this.wanted = undefined;
      }, { once: true });
    }
  }

  // How loud it is: what the listener wants, times what makes this track as loud as others.
  loudness(user = this.user, even = this.even) {
    this.user = user;
    this.even = even;
    for (const deck of this.decks) deck.volume = Math.min(1, user * (even ? deck.gain : 1));
  }

  set muted(muted) {
    for (const deck of this.decks) deck.muted = muted;
  }

  get muted() {
    return this.deck.muted;
  }

  tick() {
    this.on.time();
    const { deck, other, following } = this;
    const left = deck.duration - deck.currentTime;
    if (!following || !(left <= READY)) return;
    if (other.track?.id !== following.id || other.src !== following.src) {
      this.put(other, following);
      this.loudness();
    }
    if (left > CLOSE || deck.paused || this.waiting !== undefined) return;
    this.waiting = setTimeout(() => this.join(), Math.max(0, (left - this.latency - 0.08) * 1000));
  }

  // Waits for the very end, and starts the other deck just so much before it as that needs.
  join() {
    const { deck, other } = this;
    const left = deck.duration - deck.currentTime;
    if (deck.paused || deck.ended || other.readyState < 3) return;
    if (left > this.latency) {
      this.waiting = setTimeout(() => this.join(), left - this.latency > 0.03 ? 10 : 0);
      return;
    }
    const began = performance.now();
    other.play().then(() => this.measure(other, began), () => {});
  }

  // Learns how long a deck takes from being told to play to sounding.
  measure(deck, began) {
    if (deck.paused) return;
    if (deck.currentTime === 0) {
      setTimeout(() => this.measure(deck, began), 1);
      return;
    }
    const took = (performance.now() - began) / 1000 - deck.currentTime;
    // One that was held up says little of the next one.
    if (took >= 0 && took < 0.2) this.latency += (took - this.latency) / 2;
  }

  ended() {
    const isJoined = this.following && this.other.track?.id === this.following.id;
    if (isJoined) {
      this.forget();
      this.swap();
      if (this.deck.paused) this.play();
      this.loudness();
    }
    this.on.ended(Boolean(isJoined));
  }
}
