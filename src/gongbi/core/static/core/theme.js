// Loaded before anything is drawn, so that a dark room is never flashed white.
// The theme is the system's unless this browser has chosen otherwise.
(function () {
  var root = document.documentElement;
  function chosen() {
    try { return localStorage.getItem("theme"); } catch { return null; } // storage may be forbidden
  }
  function apply() {
    var theme = chosen();
    if (theme) { root.dataset.theme = theme; } else { delete root.dataset.theme; }
  }
  apply();
  window.addEventListener("storage", function (event) {
    if (event.key === "theme") { apply(); document.body.dispatchEvent(new Event("theme")); }
  });
})();
