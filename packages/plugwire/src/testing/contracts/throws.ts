throw new Error('this contract throws on purpose\nand says more in a second line');
