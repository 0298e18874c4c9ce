// What was done without a signal, kept in the phone until the city has it. IndexedDB keeps pictures
// too; where it is forbidden (some web views) memory must do, and the page says so.
const NAME = "gongbi-field";
let memory = null;

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function open() {
  if (memory) return null;
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("acts", { keyPath: "order", autoIncrement: true });
    return await asked(request);
  } catch {
    memory = [];
    return null;
  }
}

async function store(mode, act) {
  const base = await open();
  try {
    return await asked(act(base.transaction("acts", mode).objectStore("acts")));
  } finally { base.close(); }
}

/** Whether what is kept outlives this page. */
export const outlives = async () => { (await open())?.close(); return memory === null; };

/** Everything that waits or was refused, of one person, in the order in which it was done. */
export async function all(person) {
  const base = await open();
  base?.close();
  const found = memory ?? (await store("readonly", (acts) => acts.getAll()));
  return found.filter((one) => one.person === person);
}

export async function keep(one) {
  const base = await open();
  base?.close();
  if (memory) { one.order ??= (memory.at(-1)?.order ?? 0) + 1; memory = [...memory.filter((other) => other.order !== one.order), one]; return; }
  await store("readwrite", (acts) => acts.put(one));
}

export async function drop(order) {
  const base = await open();
  base?.close();
  if (memory) { memory = memory.filter((one) => one.order !== order); return; }
  await store("readwrite", (acts) => acts.delete(order));
}

/** An id nobody else has; older web views lack randomUUID. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
