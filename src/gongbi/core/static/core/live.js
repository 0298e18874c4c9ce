// One stream of news a browser, however many tabs it has open.
// A Web Lock elects one tab; it alone holds the EventSource and tells the others by a channel.
// Each tab then fires `live:<part>` on <body>, and its fragments fetch themselves anew.
const body = document.body;
const address = body.dataset.live;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

const dot = document.getElementById("live");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: body.dataset.zone || undefined,
});
let parts = (body.dataset.parts || "").split(" ").filter(Boolean);
let wasLost = false;

/** Whoever missed news while the line was down must fetch everything once. */
function fireAll() {
  for (const part of parts) body.dispatchEvent(new CustomEvent(`live:${part}`));
}

function show(state) {
  if (!dot) return;
  dot.hidden = false;
  dot.dataset.state = state;
  dot.querySelector("[data-said]").textContent = dot.dataset[state];
}

function showMoment(now) {
  if (!dot || !now) return;
  const place = dot.querySelector("time");
  place.dateTime = now;
  place.textContent = clock.format(new Date(now));
}

function hear(news) {
  if (news.state === "open") {
    if (wasLost) fireAll();
    wasLost = false;
    show("open");
  } else if (news.state === "lost") {
    wasLost = true;
    show("lost");
  } else {
    show("open");
    showMoment(news.now);
    if (news.parts.length) beat();
    for (const part of news.parts) body.dispatchEvent(new CustomEvent(`live:${part}`, { detail: news }));
  }
}

function beat() {
  if (!dot) return;
  dot.classList.remove("beat");
  requestAnimationFrame(() => dot.classList.add("beat"));
}

/** Hold the stream until the page goes; the browser mends short breaks, we mend refusals. */
function hold(tell) {
  let wait = FIRST_WAIT;
  const open = () => {
    const source = new EventSource(address);
    source.onopen = () => { wait = FIRST_WAIT; tell({ state: "open" }); };
    source.addEventListener("change", (event) => tell(JSON.parse(event.data)));
    source.onerror = () => {
      tell({ state: "lost" });
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  open();
  return new Promise(() => {});
}

function start() {
  show("lost");
  wasLost = false;
  if (!("locks" in navigator && "BroadcastChannel" in window)) return void hold(hear);
  const channel = new BroadcastChannel("gongbi-live");
  let last = { state: "lost" };
  let leads = false;
  channel.onmessage = ({ data }) => {
    if (data === "how is it?") { if (leads) channel.postMessage(last); } else hear(data);
  };
  channel.postMessage("how is it?");
  navigator.locks.request("gongbi-live", () => {
    leads = true;
    return hold((news) => { last = news.state ? news : { state: "open" }; hear(news); channel.postMessage(news); });
  });
}

if (address) start();
