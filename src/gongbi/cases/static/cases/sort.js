// Sub-types follow the type: only those of the type that is chosen can be chosen. Without script
// they stand grouped under their types, and the server refuses one of another type.
for (const list of document.querySelectorAll("form select[name=sub_type]")) {
  const type = list.form.elements.type;
  const groups = [...list.querySelectorAll("optgroup")];
  const follow = () => {
    const own = (group) => group.querySelector("option").value.startsWith(`${type.value}:`);
    const chosen = list.value;
    for (const group of groups) group.remove();
    list.append(...groups.filter(own));
    list.value = [...list.options].some((one) => one.value === chosen) ? chosen : "";
    list.disabled = list.options.length < 2;
  };
  type.addEventListener("change", follow);
  follow();
}
