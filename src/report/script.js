/* Point at a stream, a place or a row: what belongs to it stays in full colour, the rest steps back. The page reads the same without. */
(function () {
  "use strict";
  function keysOf(element) {
    return (element.getAttribute("data-key") || "").split(" ").filter(Boolean);
  }
  document.querySelectorAll("svg.chart").forEach(function (chart) {
    var parts = Array.prototype.slice.call(chart.querySelectorAll("[data-key]"));
    function show(key) {
      chart.classList.toggle("picked", Boolean(key));
      parts.forEach(function (part) {
        part.classList.toggle("on", Boolean(key) ? key.some(function (k) { return keysOf(part).indexOf(k) !== -1; }) : false);
      });
    }
    chart.addEventListener("pointerover", function (event) {
      var part = event.target.closest("[data-key]");
      show(part ? keysOf(part) : null);
    });
    chart.addEventListener("pointerleave", function () { show(null); });
  });
})();
