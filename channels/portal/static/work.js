/* Finds the number that a flooded form asks for, and sends the form: SHA-256 by FIPS 180-4, a slice of tries at a time. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-work]");
  if (!form) return;

  const TRIES_AT_ONCE = 2000;
  const primes = [];
  for (let candidate = 2; primes.length < 64; candidate += 1) {
    if (primes.every((prime) => candidate % prime)) primes.push(candidate);
  }
  const fraction = (value) => ((value - Math.floor(value)) * 4294967296) | 0;
  const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const ROUNDS = primes.map((prime) => fraction(Math.cbrt(prime)));
  const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

  /* The first word of the digest of an ASCII text. */
  const digestWord = (text) => {
    const length = text.length;
    const blocks = ((length + 8) >> 6) + 1;
    const words = new Int32Array(blocks * 16);
    for (let place = 0; place < length; place += 1) {
      words[place >> 2] |= text.charCodeAt(place) << (24 - (place & 3) * 8);
    }
    words[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
    words[blocks * 16 - 1] = length * 8;
    const state = START.slice();
    const schedule = new Int32Array(64);
    for (let block = 0; block < blocks; block += 1) {
      let [a, b, c, d, e, f, g, h] = state;
      for (let round = 0; round < 64; round += 1) {
        if (round < 16) {
          schedule[round] = words[block * 16 + round];
        } else {
          const early = schedule[round - 15];
          const late = schedule[round - 2];
          const low = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
          const high = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
          schedule[round] = (schedule[round - 16] + low + schedule[round - 7] + high) | 0;
        }
        const mixed = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[round] + schedule[round];
        const added = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = (d + mixed) | 0;
        d = c;
        c = b;
        b = a;
        a = (mixed + added) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => {
        state[place] = (state[place] + word) | 0;
      });
    }
    return state[0] >>> 0;
  };

  const shift = 32 - Number(form.dataset.bits);
  let nonce = Math.floor(Math.random() * 1e9);
  const work = () => {
    for (let tried = 0; tried < TRIES_AT_ONCE; tried += 1) {
      nonce += 1;
      if (digestWord(`${form.dataset.work}:${nonce}`) >>> shift === 0) {
        form.elements.work_nonce.value = String(nonce);
        form.submit();
        return;
      }
    }
    setTimeout(work, 0);
  };
  setTimeout(work, 0);
})();
