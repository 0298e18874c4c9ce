// A picture as small as it may be before it waits for a signal: the long side at most 2048, upright,
// a JPEG. Whatever cannot be drawn here, or would not get smaller, goes as it is.
const LONGEST = 2048;
const QUALITY = 0.85;
const SMALL_ENOUGH = 300_000;

export async function shrunk(photo) {
  if (photo.size <= SMALL_ENOUGH) return photo;
  try {
    const drawn = await createImageBitmap(photo, { imageOrientation: "from-image" });
    const part = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawn.width * part);
    canvas.height = Math.round(drawn.height * part);
    const ground = canvas.getContext("2d");
    ground.fillStyle = "#fff"; // what was see-through would be black
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    drawn.close();
    const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    return made?.type === "image/jpeg" && made.size < photo.size ? made : photo;
  } catch {
    return photo;
  }
}
