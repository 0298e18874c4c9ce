// The four levels as shapes, so that the map never speaks by colour alone:
// circle = normal, square = notice, triangle = warning, diamond = alarm, ring = no data.
const SIZE = 44;

function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const SHAPES = {
  missing: (pen) => pen.arc(22, 22, 12, 0, 2 * Math.PI),
  normal: (pen) => pen.arc(22, 22, 12, 0, 2 * Math.PI),
  notice: (pen) => pen.roundRect(9, 9, 26, 26, 5),
  warning: (pen) => { pen.moveTo(22, 6); pen.lineTo(39, 36); pen.lineTo(5, 36); pen.closePath(); },
  alarm: (pen) => { pen.moveTo(22, 2); pen.lineTo(42, 22); pen.lineTo(22, 42); pen.lineTo(2, 22); pen.closePath(); },
};
const MARKS = { missing: "?", normal: "", notice: "i", warning: "!", alarm: "!" };

function draw(level) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  pen.lineJoin = "round";
  pen.beginPath();
  SHAPES[level](pen);
  pen.lineWidth = 6;
  pen.strokeStyle = colourOf("sheet");
  pen.stroke();
  pen.fillStyle = colourOf(level === "missing" ? "missing-wash" : level);
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colourOf(level === "missing" ? "missing" : "sheet");
  if (level === "missing") pen.setLineDash([4, 3]);
  pen.stroke();
  pen.fillStyle = colourOf(level === "missing" ? "missing" : "sheet");
  pen.font = "bold 20px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(MARKS[level], 22, level === "warning" ? 27 : 23);
  return pen.getImageData(0, 0, SIZE, SIZE);
}

/** Names and pictures of the signs, in the colours of the theme in force. */
export function levelImages() {
  return Object.keys(SHAPES).map((level) => [`level-${level}`, draw(level)]);
}
