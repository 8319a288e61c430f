try { a } catch (e) { import(`${b}`) }
x = /[/]/g / 2