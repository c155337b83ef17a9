// Shows the counties of the chosen city only. Without scripts all are there, in groups by city.

const city = document.querySelector("select[data-city-for]");
const county = document.getElementById(city.dataset.cityFor);
const groups = [...county.querySelectorAll("optgroup")];

function show() {
  for (const group of groups) {
    const wanted = group.dataset.city === city.value;
    group.hidden = !wanted;
    // Some browsers show hidden groups all the same; taken out, they cannot.
    if (wanted) {
      county.append(group);
    } else {
      group.remove();
    }
  }
}

city.addEventListener("change", () => {
  county.value = "";
  show();
  if (!county.value) {
    county.selectedIndex = 0;
  }
});
show();
