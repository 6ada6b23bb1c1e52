// time-axis: time as it is drawn, with the gaps in which nothing happens drawn short.
//
// The same rule as ladder_y() of the program: a busy second is `second` high, a gap `gap`, in any
// unit. The ladder, the graphs and the slider have each an axis of their own scale over the same
// gaps.

class TimeAxis {
  constructor(run, second, gap) {
    this.start = run.start;
    this.end = Math.max(run.end, run.start);
    this.gaps = run.gaps;
    this.busy = this.end - this.start - run.gaps.reduce((sum, [from, to]) => sum + to - from, 0);
    this.setScale(second, gap);
  }

  setScale(second, gap) {
    this.second = second;
    this.gap = gap;
    this.knots = [[this.start, 0]]; // [time, place]: straight between two of them
    let place = 0, at = this.start;
    for (const [from, to] of this.gaps) {
      place += (from - at) * second;
      this.knots.push([from, place]);
      place += gap;
      this.knots.push([to, place]);
      at = to;
    }
    place += (this.end - at) * second;
    this.knots.push([this.end, place]);
    this.length = place;
  }

  // As long as `length`: gaps are as wide as `gap` at most and take a third of it at most.
  fit(length, gap) {
    const narrow = this.gaps.length > 0 ? Math.min(gap, length / 3 / this.gaps.length) : 0;
    const rest = length - narrow * this.gaps.length;
    this.setScale(this.busy > 0 ? rest / this.busy : 0, narrow);
  }

  place(time) {
    return this.between(time, 0, 1);
  }

  time(place) {
    return this.between(place, 1, 0);
  }

  // Along the knots, from coordinate `from` of theirs to the other.
  between(value, from, to) {
    const knots = this.knots;
    let low = 0, high = knots.length - 1;
    if (value <= knots[low][from])
      return knots[low][to];
    if (value >= knots[high][from])
      return knots[high][to];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (knots[middle][from] <= value)
        low = middle;
      else
        high = middle;
    }
    const width = knots[high][from] - knots[low][from];
    const part = width > 0 ? (value - knots[low][from]) / width : 0;
    return knots[low][to] + part * (knots[high][to] - knots[low][to]);
  }

  // Round times for ticks that are about `apart` away from each other, outside of gaps.
  ticks(from, to, apart) {
    const step = this.second > 0 ? roundStep(apart / this.second) : 0;
    const first = Math.ceil(this.time(from) / step), last = this.time(to) / step;
    const found = [];
    if (!(step > 0) || last - first > 1e7)
      return found;
    for (let i = first, skipped = 0; i <= last && found.length < 400; i++) {
      const time = i * step;
      const gap = this.gaps.find(([begin, end]) => time > begin && time < end);
      if (!gap) {
        found.push(time);
      } else { // on to its end at once
        i = Math.max(i, Math.ceil(gap[1] / step) - 1);
        if (++skipped > 400)
          break;
      }
    }
    return found;
  }
}

function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999);
}

// Seconds with as many decimals as tell ticks of such a step apart.
function showTick(time, step) {
  const decimals = step > 0 ? Math.min(9, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))) : 3;
  return time.toFixed(decimals);
}
