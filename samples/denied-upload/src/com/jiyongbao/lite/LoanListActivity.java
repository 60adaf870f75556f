package com.jiyongbao.lite;

import android.app.ListActivity;
import android.os.Bundle;
import android.widget.ArrayAdapter;

public class LoanListActivity extends ListActivity {
  private static final String[] PRODUCTS = {"1000 / 7", "3000 / 14", "5000 / 30"};

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setListAdapter(
        new ArrayAdapter<String>(this, android.R.layout.simple_list_item_1, PRODUCTS));
  }
}
