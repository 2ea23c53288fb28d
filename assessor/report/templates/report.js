// Only for comfort: the switch works without it. '#en' or '#zh-plan' picks a language and a place.
(function () {
  function follow() {
    var wanted = location.hash.slice(1).split("-")[0];
    var button = document.getElementById("pick-" + wanted);
    if (!button) return;
    button.checked = true;
    document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
    document.title = button.getAttribute("data-title");
    var place = document.getElementById(location.hash.slice(1));
    if (place && location.hash.length > 3) place.scrollIntoView();
  }
  function switched(event) {
    var place = "";
    document.querySelectorAll("section[id]").forEach(function (section) {
      var box = section.getBoundingClientRect();
      if (box.height && box.top < 140) place = section.id.slice(2);
    });
    location.hash = event.target.value + place;
  }
  document.querySelectorAll("input[name=language]").forEach(function (button) {
    button.addEventListener("change", switched);
  });
  addEventListener("hashchange", follow);
  follow();
})();
